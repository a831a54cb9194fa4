import { recalled, remember } from './stored'

export type Theme = 'auto' | 'light' | 'dark'
export type Language = 'auto' | 'en' | 'de'
export type Previews = 'off' | 'small' | 'full'

const usual = {
  theme: 'auto' as Theme,
  language: 'auto' as Language,
  previews: 'full' as Previews,
  letters: true,
  thumb: 176,
  surround: 'stage' as 'stage' | 'black' | 'grey' | 'white',
}

/** What this browser likes. */
export const prefs = $state(recalled('prefs', { ...usual }))

export const isUsual = (key: keyof typeof usual) => prefs[key] === usual[key]

/** Keeps the preferences, and lets the document follow. Called once, inside a component. */
export function keepPrefs() {
  $effect(() => {
    remember('prefs', $state.snapshot(prefs))
    const root = document.documentElement
    if (prefs.theme === 'auto') delete root.dataset.theme
    else root.dataset.theme = prefs.theme
  })
}
