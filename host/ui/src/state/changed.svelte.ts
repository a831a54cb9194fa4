import type { Picture } from '../api/client'
import { catalog } from './catalog.svelte'
import { form, size } from './form.svelte'
import { making } from './making.svelte'

/** What a field was when the shown picture was drawn. */
export interface Was {
  text: string
  back: () => void
}

type Field = 'prompt' | 'negative' | 'steps' | 'cfg' | 'sampler' | 'schedule' | 'size' | 'seed'

const none = undefined

function number(picture: Picture, field: 'steps' | 'cfg'): Was | undefined {
  const [had, usual] = [picture[field], catalog.model(form.model)?.defaults?.[field]]
  if (had === undefined || had === null || had === (form[field] ?? usual)) return none
  return { text: String(had), back: () => (form[field] = had === usual ? null : had) }
}

function named(picture: Picture, field: 'sampler' | 'schedule'): Was | undefined {
  const [had, usual] = [picture[field], catalog.model(form.model)?.defaults?.[field]]
  if (had === (form[field] ?? usual)) return none
  const text = field === 'sampler' ? catalog.samplerName(had) : catalog.scheduleName(had)
  return { text, back: () => (form[field] = had === usual ? null : had) }
}

/** What differs between the form and the picture on the stage; nothing where nothing does. */
export function was(field: Field): Was | undefined {
  const picture = making.picture
  if (!picture) return none
  switch (field) {
    case 'steps':
    case 'cfg':
      return number(picture, field)
    case 'sampler':
    case 'schedule':
      return named(picture, field)
    case 'size': {
      const now = size()
      // A second pass and what is drawn around make pictures that no field says the size of.
      if (form.hires || form.start || (now.width === picture.width && now.height === picture.height)) return none
      const { width, height } = picture
      return { text: `${width} × ${height}`, back: () => Object.assign(form, { width, height }) }
    }
    case 'seed': {
      const had = picture.seed === undefined || picture.seed === null ? '' : String(picture.seed)
      if (had === '' || form.seedIs === 'random' || form.seed === had) return none
      return { text: had, back: () => Object.assign(form, { seed: had, seedIs: 'fixed' }) }
    }
    default: {
      // Plugins and styles may have changed the text that was drawn.
      if (picture.plugins.length > 0 || form.styles.length > 0 || picture[field].trim() === form[field].trim()) return none
      const had = picture[field]
      return { text: had || '–', back: () => (form[field] = had) }
    }
  }
}
