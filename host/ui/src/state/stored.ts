const PREFIX = 'aquatint.'

/** What this browser remembers under a name; `fallback` where it remembers nothing, or nothing that can be read. */
export function recalled<T extends object>(name: string, fallback: T): T {
  try {
    const text = localStorage.getItem(PREFIX + name)
    const value: unknown = text === null ? null : JSON.parse(text)
    return value !== null && typeof value === 'object' ? { ...fallback, ...value } : fallback
  } catch {
    return fallback
  }
}

/** Remembers. Where the browser does not let us, the page works on without. */
export function remember(name: string, value: object) {
  try {
    localStorage.setItem(PREFIX + name, JSON.stringify(value))
  } catch {
    // Private windows and full disks.
  }
}
