/** A figure of the server: its name, what it is of, and how much. */
interface Figure {
  name: string
  labels: Record<string, string>
  value: number
}

/** Reads the lines of Prometheus' format; what is no line of it is left out. */
function read(text: string): Figure[] {
  const figures: Figure[] = []
  for (const line of text.split('\n')) {
    const found = /^(\w+)(?:\{(.*)\})? (\S+)/.exec(line)
    if (!found || line.startsWith('#')) continue
    const [, name = '', inner = '', amount] = found
    const labels = Object.fromEntries([...inner.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, value]) => [key, value]))
    const value = Number(amount)
    if (Number.isFinite(value)) figures.push({ name, labels: labels as Record<string, string>, value })
  }
  return figures
}

export interface Glance {
  /** Stages that were computed, and those whose result was kept from before. */
  run: number
  found: number
  /** Jobs that ended, and their seconds together. */
  jobs: number
  seconds: number
  models: number
  /** Bytes of uploads. */
  uploads: number
  /** Pages and programs that listen. */
  listeners: number
  requests: number
}

/** What one wants to see of the figures at a glance. */
export function glance(text: string): Glance {
  const figures = read(text)
  const sum = (name: string, label?: string, value?: string) =>
    figures
      .filter((it) => it.name === `aquatint_${name}` && (label === undefined || it.labels[label] === value))
      .reduce((all, it) => all + it.value, 0)
  return {
    run: sum('stages_total', 'result', 'run'),
    found: sum('stages_total', 'result', 'found'),
    jobs: sum('job_seconds_count'),
    seconds: sum('job_seconds_sum'),
    models: sum('models_loaded'),
    uploads: sum('uploads_bytes'),
    listeners: sum('http_streams'),
    requests: sum('http_requests_total'),
  }
}
