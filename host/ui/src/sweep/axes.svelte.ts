import type { AxisSpec } from '../api/client'
import { catalog } from '../state/catalog.svelte'
import { form } from '../state/form.svelte'
import { recalled, remember } from '../state/stored'
import { choices, type Manifest, type Setting } from '../make/settings'
import { t, type Key } from '../i18n/index.svelte'

export interface Axis {
  key: number
  field: string
  values: string
  label: string
}

/** What an axis may be along, and how its values are written. */
export interface FieldKind {
  field: string
  label: string
  group: string
  /** Names to choose from; without them values are typed. */
  names?: { value: string; label: string }[]
  example: string
}

export const axes = $state<{ list: Axis[] }>(
  recalled('axes', { list: [{ key: 1, field: 'cfg', values: '2-8 (+2)', label: '' }] as Axis[] }),
)
/** Keeps them over a reload. Called once, inside a component. */
export function keepAxes() {
  $effect(() => remember('axes', $state.snapshot(axes)))
}

let last = axes.list.reduce((most, axis) => Math.max(most, axis.key), 0)

export function addAxis(field = 'steps', values = '') {
  last += 1
  axes.list.push({ key: last, field, values, label: '' })
}

const numbers: [string, string][] = [
  ['cfg', '2-8 (+2)'],
  ['steps', '4-16 (+4)'],
  ['seed', '1-4'],
  ['width', '256, 384, 512'],
  ['height', '256, 384, 512'],
  ['size', '256x256, 384x256'],
]
const texts: [string, string][] = [
  ['prompt', 'a red apple, "a pear, cut open"'],
  ['negative', 'blurry, "dark, noisy"'],
  ['replace', 'red, green, blue'],
  ['order', 'red, shiny'],
]

export function fieldKinds(): FieldKind[] {
  const named = (list: { id: string; label: string }[]) => list.map(({ id, label }) => ({ value: id, label }))
  const own = (field: string, example: string): FieldKind => ({
    field,
    label: t(`axis.${field}` as Key),
    group: t('axis.request'),
    example,
  })
  const kinds: FieldKind[] = [
    ...numbers.map(([field, example]) => own(field, example)),
    { ...own('sampler', ''), names: named(catalog.samplers) },
    { ...own('schedule', ''), names: named(catalog.schedules) },
    ...texts.map(([field, example]) => own(field, example)),
  ]
  const models = catalog.models.filter((model) => !model.problem)
  if (models.length > 1) {
    kinds.push({ ...own('model', ''), names: models.map(({ name }) => ({ value: name, label: name })) })
  }
  if (form.start) kinds.push(own('strength', '0.3-0.9 (+0.2)'))
  return [...kinds, ...ofPlugins()]
}

function ofPlugins(): FieldKind[] {
  const used = form.plugins.filter((plugin) => plugin.on)
  const ids = [...new Set(used.map((plugin) => plugin.id))]
  return ids.flatMap((id) => {
    const manifest = catalog.plugin(id)?.manifest as Manifest | undefined
    if (!manifest) return []
    const group = manifest.name ?? id
    const whole: FieldKind = { field: id, label: t('axis.with'), group, names: onOff(), example: '' }
    return [whole, ...(manifest.settings ?? []).filter((it) => it.type !== 'image').map((it) => ofSetting(id, group, it))]
  })
}

const onOff = () => [
  { value: 'on', label: t('on') },
  { value: 'off', label: t('off') },
]

function ofSetting(id: string, group: string, setting: Setting): FieldKind {
  const kind: FieldKind = { field: `${id}.${setting.key}`, label: setting.label ?? setting.key, group, example: '' }
  if (setting.type === 'choice') return { ...kind, names: choices(setting) }
  if (setting.type === 'flag') return { ...kind, names: onOff() }
  if (setting.type === 'number' || setting.type === 'int') {
    const [from, to] = [setting.min ?? 0, setting.max ?? 1]
    return { ...kind, example: `${from}-${to} [3]` }
  }
  return kind
}

/** The axes as the server takes them. */
export function specs(): AxisSpec[] {
  return axes.list
    .filter((axis) => axis.field.trim() !== '')
    .map((axis) => {
      const spec: Record<string, unknown> = { field: axis.field.trim() }
      if (axis.values.trim() !== '') spec.values = axis.values
      return spec as AxisSpec
    })
}

/** Values of a line, as they are between its commas. */
export function split(text: string): string[] {
  const parts = text.match(/"(?:[^"]|"")*"|[^,]+/g) ?? []
  return parts.map((part) => part.trim().replace(/^"([\s\S]*)"$/, (_, inner: string) => inner.replaceAll('""', '"'))).filter(Boolean)
}

export const join = (values: string[]) =>
  values.map((value) => (/[,"]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value)).join(', ')
