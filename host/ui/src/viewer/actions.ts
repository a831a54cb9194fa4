import { get, pictureFile, remove, type Picture } from '../api/client'
import { draw } from '../make/draw'
import { useAsStart } from '../make/incoming'
import { making } from '../state/making.svelte'
import { requestOf, restore, type Part } from '../state/restore.svelte'
import { router } from '../state/router.svelte'
import { shell } from '../state/shell.svelte'
import { form, usualHires } from '../state/form.svelte'
import { attempt, tell } from '../state/toasts.svelte'
import { t } from '../i18n/index.svelte'

/** Puts a part of what drew a picture into the form. */
export async function use(picture: Picture, part: Part) {
  await attempt(async () => restore(await requestOf(picture.id), part))
  if (part === 'all' || part === 'but-seed') router.go('make')
}

/** Begins the next drawing from this picture. */
export async function edit(picture: Picture, mask: boolean) {
  await attempt(async () => {
    const file = await fetch(pictureFile(picture.id))
    await useAsStart(await file.blob())
    shell.mask = mask
  })
}

/** The same picture again, larger. */
export async function enlarge(picture: Picture) {
  await attempt(async () => {
    await restore(await requestOf(picture.id), 'all')
    form.hires ??= usualHires()
    router.go('make')
  })
}

/** The same picture, a little different. */
export async function vary(picture: Picture) {
  await attempt(async () => {
    await restore(await requestOf(picture.id), 'all')
    form.variation = String(crypto.getRandomValues(new Uint32Array(1))[0])
    form.variationStrength = VARIED
    router.go('make')
    await draw()
  })
}

export async function copyParameters(picture: Picture) {
  await attempt(async () => {
    const recipe = await get('/pictures/{id}/recipe', { path: { id: picture.id } })
    await navigator.clipboard.writeText(recipe.parameters ?? '')
    tell(t('copied'))
  })
}

const GRACE = 8000
const VARIED = 0.2

/** Takes a picture away; until the moment of grace is over, it can be had back. */
export function discard(pictures: Picture[], gone?: () => void) {
  const ids = new Set(pictures.map((picture) => picture.id))
  making.hide(ids)
  gone?.()
  const later = setTimeout(() => {
    for (const id of ids) void attempt(() => remove('/pictures/{id}', { path: { id } }))
  }, GRACE)
  const back = () => {
    clearTimeout(later)
    making.unhide(ids)
  }
  tell(t('deleted', { count: ids.size }), { label: t('undo'), run: back })
}

/** What a key means for a picture. Says whether it means anything. */
export function act(key: string, picture: Picture): boolean {
  const uses: Record<string, Part> = { a: 'all', r: 'but-seed', p: 'prompt', s: 'seed', d: 'size' }
  const part = uses[key]
  if (part) void use(picture, part)
  else if (key === 'e') void edit(picture, true)
  else if (key === 'v') void vary(picture)
  else if (key === 'V') void enlarge(picture)
  else if (key === 'Delete') discard([picture])
  else if (key === 'Enter' || key === 'i') router.open(picture.id)
  else return false
  return true
}
