import { prefs } from '../state/prefs.svelte'
import { de } from './de'
import { en } from './en'

export type Key = keyof typeof en

const tables: Record<string, Record<Key, string>> = { en, de }

/** The language that the page speaks. */
export function language(): string {
  if (prefs.language !== 'auto') return prefs.language
  return navigator.language.toLowerCase().startsWith('de') ? 'de' : 'en'
}

/** A text of the page; `{name}` in it is what `values` has by that name. */
export function t(key: Key, values: Record<string, string | number> = {}): string {
  const text = tables[language()]?.[key] ?? en[key]
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))
}

export const count = (value: number) => new Intl.NumberFormat(language()).format(value)

export function bytes(value: number): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte']
  const at = Math.min(Math.floor(Math.log(Math.max(value, 1)) / Math.log(1024)), units.length - 1)
  const style = { style: 'unit', unit: units[at]!, maximumFractionDigits: at > 1 ? 1 : 0 } as const
  return new Intl.NumberFormat(language(), style).format(value / 1024 ** at)
}

/** Seconds as people say them. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`
}

export function moment(text: string): string {
  const style = { dateStyle: 'medium', timeStyle: 'short' } as const
  return new Intl.DateTimeFormat(language(), style).format(new Date(text))
}
