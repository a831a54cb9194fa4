import type { Request } from '../api/client'
import { seedValue } from '../api/json'
import { catalog } from './catalog.svelte'
import { recalled, remember } from './stored'

/** A plugin in the chain, with what was set. */
export interface Used {
  /** Tells two uses of one plugin apart. */
  key: number
  id: string
  on: boolean
  open: boolean
  settings: Record<string, unknown>
}

export interface Hires {
  scale: number
  upscaler: string
  steps: number | null
  strength: number
}

/** The picture to begin from, by the id of its upload. */
export interface Start {
  upload: string
  width: number
  height: number
  strength: number
  resize: string | null
  left: number
  right: number
  up: number
  down: number
  /** The upload of the mask: white where the picture may change. */
  mask: string | null
  invert: boolean
  blur: number
  fill: string | null
  onlyMasked: boolean
  padding: number
}

export interface Fields {
  prompt: string
  negative: string
  model: string | null
  sampler: string | null
  schedule: string | null
  width: number | null
  height: number | null
  steps: number | null
  cfg: number | null
  seed: string
  seedIs: 'random' | 'fixed' | 'counting'
  batch: number
  variation: string
  variationStrength: number
  hires: Hires | null
  start: Start | null
  /** Names of styles, in the order in which they are put into the prompts. */
  styles: string[]
  clipSkip: number | null
  emphasis: string | null
  plugins: Used[]
  /** What a restored request says and this form does not show: kept, and sent along. */
  more: Record<string, unknown>
}

export const usual: Fields = {
  prompt: '',
  negative: '',
  model: null,
  sampler: null,
  schedule: null,
  width: null,
  height: null,
  steps: null,
  cfg: null,
  seed: '',
  seedIs: 'random',
  batch: 1,
  variation: '',
  variationStrength: 0,
  hires: null,
  start: null,
  styles: [],
  clipSkip: null,
  emphasis: null,
  plugins: [],
  more: {},
}

export const usualHires = (): Hires => ({ scale: 2, upscaler: 'latent', steps: null, strength: 0.7 })

export const usualStart = (upload: string, width: number, height: number): Start => ({
  upload,
  width,
  height,
  strength: 0.75,
  resize: null,
  left: 0,
  right: 0,
  up: 0,
  down: 0,
  mask: null,
  invert: false,
  blur: 4,
  fill: null,
  onlyMasked: false,
  padding: 32,
})

/** What is to be drawn, as the page has it. */
export const form = $state<Fields>(recalled('form', structuredClone(usual)))

let lastKey = form.plugins.reduce((most, used) => Math.max(most, used.key), 0)

/** Keeps the form over a reload. Called once, inside a component. */
export function keepForm() {
  $effect(() => {
    const now = $state.snapshot(form)
    const later = setTimeout(() => remember('form', now), 150)
    return () => clearTimeout(later)
  })
  $effect(() => {
    const flush = () => remember('form', $state.snapshot(form))
    window.addEventListener('pagehide', flush)
    return () => window.removeEventListener('pagehide', flush)
  })
}

export function addPlugin(id: string, settings: Record<string, unknown> = {}) {
  lastKey += 1
  form.plugins.push({ key: lastKey, id, on: true, open: true, settings })
}

/** The size that is drawn, with what the model draws where nothing is said. */
export function size(): { width: number; height: number } {
  const defaults = catalog.model(form.model)?.defaults
  return { width: form.width ?? defaults?.width ?? 512, height: form.height ?? defaults?.height ?? 512 }
}

const INPUT = 'b3:'
/** What requests call an upload. */
const input = (upload: string) => (upload.startsWith(INPUT) ? upload : INPUT + upload)

function init(start: Start): NonNullable<Request['init']> {
  const around = { left: start.left, right: start.right, up: start.up, down: start.down }
  const grows = Object.values(around).some((side) => side > 0)
  const asked: Record<string, unknown> = { picture: input(start.upload), strength: start.strength }
  if (start.resize) asked.resize = start.resize
  if (grows) asked.outpaint = around
  if (start.mask || grows) {
    const mask: Record<string, unknown> = {
      blur: start.blur,
      invert: start.invert,
      only_masked: start.onlyMasked,
      padding: start.padding,
    }
    if (start.mask) mask.picture = input(start.mask)
    if (start.fill) mask.fill = start.fill
    asked.mask = mask
  }
  return asked as NonNullable<Request['init']>
}

/** The form as a request. */
export function request(): Request {
  const now = $state.snapshot(form) as Fields
  const asked: Record<string, unknown> = { ...now.more, prompt: now.prompt, negative: now.negative, batch: now.batch }
  for (const key of ['model', 'sampler', 'schedule', 'width', 'height', 'steps', 'cfg'] as const) {
    if (now[key] !== null) asked[key] = now[key]
  }
  const seed = now.seedIs === 'random' ? undefined : seedValue(now.seed)
  if (seed !== undefined) asked.seed = seed
  const variation = seedValue(now.variation)
  if (variation !== undefined && now.variationStrength > 0) {
    asked.variation_seed = variation
    asked.variation_strength = now.variationStrength
  }
  if (now.hires) {
    const { steps, ...hires } = now.hires
    asked.hires = { ...hires, ...(steps === null ? {} : { steps }) }
  }
  if (now.start) asked.init = init(now.start)
  if (now.styles.length > 0) asked.styles = now.styles
  if (now.clipSkip !== null) asked.clip_skip = now.clipSkip
  if (now.emphasis !== null) asked.emphasis = now.emphasis
  const used = now.plugins.filter((plugin) => plugin.on)
  if (used.length > 0) asked.plugins = used.map(({ id, settings }) => ({ id, settings }))
  return asked as Request
}
