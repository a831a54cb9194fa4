/** A knob of a plugin, as its manifest writes it. */
export interface Setting {
  key: string
  type: 'flag' | 'int' | 'number' | 'text' | 'choice' | 'color' | 'image' | 'seed' | 'list'
  label?: string
  help?: string
  group?: string
  'show-if'?: string
  default?: unknown
  min?: number
  max?: number
  step?: number
  unit?: string
  multiline?: boolean
  options?: (string | { value: string; label: string })[]
  of?: string
  items?: number
}

export interface Manifest {
  id: string
  name?: string
  version: string
  description?: string
  authors?: string[]
  license?: string
  homepage?: string
  repository?: string
  hooks?: string[]
  settings?: Setting[]
}

export const choices = (setting: Setting) =>
  (setting.options ?? []).map((it) => (typeof it === 'string' ? { value: it, label: it } : it))

/** What a setting is where nothing is chosen. */
export function usualOf(setting: Setting): unknown {
  if (setting.default !== undefined) return setting.default
  switch (setting.type) {
    case 'flag':
      return false
    case 'int':
    case 'number':
      return setting.min ?? 0
    case 'choice':
      return choices(setting)[0]?.value ?? ''
    case 'color':
      return '#000000'
    case 'list':
      return []
    default:
      return ''
  }
}

/** Whether a setting is to be seen: some are only while a flag is on. */
export function isShown(setting: Setting, all: Setting[], values: Record<string, unknown>): boolean {
  const flag = all.find((it) => it.key === setting['show-if'])
  return !flag || (values[flag.key] ?? usualOf(flag)) === true
}

/** By group, in the order of the manifest; what has no group comes first. */
export function grouped(settings: Setting[]): [string, Setting[]][] {
  const groups = new Map<string, Setting[]>([['', []]])
  for (const setting of settings) {
    const name = setting.group ?? ''
    groups.set(name, [...(groups.get(name) ?? []), setting])
  }
  return [...groups].filter(([, list]) => list.length > 0)
}
