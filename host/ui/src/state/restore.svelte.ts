import { post, type Request } from '../api/client'
import { addPlugin, form, usual, usualHires, usualStart, type Fields } from './form.svelte'
import { tell } from './toasts.svelte'
import { t } from '../i18n/index.svelte'

/** What this page shows of a request; the rest is kept beside it. */
const SHOWN = new Set([
  ...['prompt', 'negative', 'model', 'sampler', 'schedule', 'width', 'height', 'steps', 'cfg', 'seed', 'batch'],
  ...['variation_seed', 'variation_strength', 'hires', 'init', 'plugins', 'styles', 'clip_skip', 'emphasis'],
])
/** What every request says, whatever was asked: it need not be kept. */
const IDLE: Record<string, unknown> = {
  cfg_rescale: 0,
  noise: 'cpu',
  provider: 'auto',
  s_churn: 0,
  s_tmin: 0,
  s_tmax: 0,
  s_noise: 1,
  eta_noise_seed_delta: 0,
  cfg_start: 0,
  cfg_end: 1,
  s_min_uncond: 0,
  refiner_switch: 0.8,
}

/** Forms as they were before something was put into them, the latest last. */
const past: Fields[] = []
const MOST = 50

function keep(): Fields {
  const before = $state.snapshot(form) as Fields
  past.push(before)
  if (past.length > MOST) past.shift()
  return before
}

/** Takes back the latest restoring, a part or all. Says whether there was one. */
export function takeBack(): boolean {
  const before = past.pop()
  if (before) Object.assign(form, before)
  return before !== undefined
}

/** Takes back one restoring, and those after it. */
function takeBackTo(before: Fields) {
  const at = past.indexOf(before)
  if (at >= 0) past.splice(at)
  Object.assign(form, before)
}

export type Part = 'all' | 'prompt' | 'seed' | 'size' | 'but-seed'

type Loose = Record<string, unknown>

const text = (value: unknown) => (value === undefined || value === null ? null : String(value))
const number = (value: unknown) => (typeof value === 'number' ? value : null)

async function start(init: Loose): Promise<Fields['start']> {
  const id = String(init.picture ?? '').replace(/^b3:/, '')
  const mask = init.mask as Loose | null | undefined
  const around = (init.outpaint ?? {}) as Record<string, number>
  const side = await pictureSize(id)
  return {
    ...usualStart(id, side.width, side.height),
    strength: number(init.strength) ?? 0.75,
    resize: text(init.resize),
    left: around.left ?? 0,
    right: around.right ?? 0,
    up: around.up ?? 0,
    down: around.down ?? 0,
    mask: mask?.picture ? String(mask.picture).replace(/^b3:/, '') : null,
    invert: mask?.invert === true,
    blur: number(mask?.blur) ?? 4,
    fill: text(mask?.fill),
    onlyMasked: mask?.only_masked === true,
    padding: number(mask?.padding) ?? 32,
  }
}

function pictureSize(upload: string): Promise<{ width: number; height: number }> {
  return new Promise((resolve) => {
    const image = new Image()
    image.onload = () => resolve({ width: image.naturalWidth, height: image.naturalHeight })
    image.onerror = () => resolve({ width: 512, height: 512 })
    image.src = `/api/v1/uploads/${upload}`
  })
}

/** Puts a request into the form: all of it, or a part. What was there can be had back. */
export async function restore(request: Request, part: Part = 'all') {
  const before = keep()
  const from = request as unknown as Loose
  if (part === 'all' || part === 'but-seed' || part === 'prompt') {
    form.prompt = text(from.prompt) ?? ''
    form.negative = text(from.negative) ?? ''
  }
  if (part === 'all' || part === 'but-seed' || part === 'size') {
    form.width = number(from.width)
    form.height = number(from.height)
  }
  if (part === 'all' || part === 'seed') {
    const seed = text(from.seed)
    form.seed = seed ?? form.seed
    form.seedIs = seed === null ? 'random' : 'fixed'
    form.variation = text(from.variation_seed) ?? ''
    form.variationStrength = number(from.variation_strength) ?? 0
  }
  if (part === 'all' || part === 'but-seed') await rest(from)
  tell(t('make.restored'), { label: t('undo'), run: () => takeBackTo(before) })
}

async function rest(from: Loose) {
  form.model = text(from.model)
  form.sampler = text(from.sampler)
  form.schedule = text(from.schedule)
  form.steps = number(from.steps)
  form.cfg = number(from.cfg)
  form.batch = number(from.batch) ?? 1
  const hires = from.hires as Loose | null | undefined
  form.hires = hires
    ? {
        ...usualHires(),
        scale: number(hires.scale) ?? 2,
        upscaler: text(hires.upscaler) ?? 'latent',
        steps: number(hires.steps),
        strength: number(hires.strength) ?? 0.7,
      }
    : null
  form.start = from.init ? await start(from.init as Loose) : null
  form.styles = Array.isArray(from.styles) ? from.styles.map(String) : []
  form.clipSkip = from.clip_skip === 1 ? null : number(from.clip_skip)
  form.emphasis = from.emphasis === 'original' ? null : text(from.emphasis)
  form.plugins = []
  for (const used of (from.plugins ?? []) as { id: string; settings?: Loose }[]) addPlugin(used.id, used.settings ?? {})
  for (const used of form.plugins) used.open = false
  const others = Object.entries(from).filter(
    ([key, value]) => !SHOWN.has(key) && value !== null && value !== undefined && IDLE[key] !== value,
  )
  form.more = Object.fromEntries(others)
}

/** Everything as it is on the first day. */
export function clear() {
  const before = keep()
  Object.assign(form, structuredClone(usual))
  tell(t('make.cleared'), { label: t('undo'), run: () => takeBackTo(before) })
}

/** The request that drew a picture, as its recipe says. */
export async function requestOf(picture: number): Promise<Request> {
  const found = await post('/parameters', { picture })
  return found.request
}

