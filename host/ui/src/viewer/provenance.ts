import { get, type Picture } from '../api/client'

/** What the list of a picture shows already. */
const SHOWN = new Set(['prompt', 'negative', 'seed', 'steps', 'cfg', 'sampler', 'schedule', 'width', 'height'])

/** Every value that a recipe names, by where it stands: `model.fingerprint`, `plugins.0.digest`. */
function flat(value: unknown, at = ''): [string, string][] {
  if (value === null || value === undefined) return []
  if (typeof value !== 'object') return [[at, String(value)]]
  return Object.entries(value).flatMap(([key, inner]) => flat(inner, at === '' ? key : `${at}.${key}`))
}

export interface Change {
  what: string
  was: string
  is: string
}

/** What else the recipes of two pictures say differently: models, plugins, the program that computed. */
export async function changes(before: Picture, after: Picture): Promise<Change[]> {
  const read = async (picture: Picture) => {
    const { recipe } = await get('/pictures/{id}/recipe', { path: { id: picture.id } })
    return new Map(flat(recipe).filter(([key]) => !SHOWN.has(key)))
  }
  const [old, now] = await Promise.all([read(before), read(after)])
  const keys = [...new Set([...old.keys(), ...now.keys()])]
  return keys
    .map((what) => ({ what, was: old.get(what) ?? '–', is: now.get(what) ?? '–' }))
    .filter(({ was, is }) => was !== is)
}
