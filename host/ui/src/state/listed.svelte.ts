import { SvelteSet } from 'svelte/reactivity'
import { get, type Picture } from '../api/client'
import { making } from './making.svelte'
import { words } from './toasts.svelte'

const PAGE = 200
const DAY = 86_400_000

/** The beginning of a day here, as the server takes it; `later` days after it. */
function day(text: string, later = 0): string | undefined {
  const at = new Date(`${text}T00:00`).getTime()
  return Number.isNaN(at) ? undefined : new Date(at + later * DAY).toISOString()
}

export interface Wanted {
  text: string
  model: string
  sampler: string
  seed: string
  plugin: string
  /** Days, as `2026-01-31`, both of them among what is wanted. */
  from: string
  to: string
  order: 'newest' | 'oldest'
}

export const everything = (): Wanted => ({ text: '', model: '', sampler: '', seed: '', plugin: '', from: '', to: '', order: 'newest' })

/** The pictures that the gallery lists: what is asked for, read page by page as it is looked at. */
class Listed {
  wanted = $state<Wanted>(everything())
  all = $state.raw<Picture[]>([])
  more = $state(false)
  reading = $state(false)
  problem = $state('')
  chosen = new SvelteSet<number>()
  /** New pictures that wait until one is at the top again: what is looked at does not move. */
  fresh = $state.raw<Picture[]>([])
  /** Whether the first pictures are seen. */
  atTop = true
  #next: string | undefined
  #turn = 0

  get pictures(): Picture[] {
    return making.hidden.size === 0 ? this.all : this.all.filter((picture) => !making.hidden.has(picture.id))
  }

  find(id: number): Picture | undefined {
    return this.all.find((picture) => picture.id === id)
  }

  #query(after?: string) {
    const { text, model, sampler, seed, plugin, order } = this.wanted
    const [from, to] = [day(this.wanted.from), day(this.wanted.to, 1)]
    return {
      limit: PAGE,
      order,
      ...(text.trim() ? { text: text.trim() } : {}),
      ...(model ? { model } : {}),
      ...(sampler ? { sampler } : {}),
      ...(/^\d+$/.test(seed) ? { seed: seed as unknown as number } : {}),
      ...(plugin ? { plugin } : {}),
      ...(from ? { from } : {}),
      ...(to ? { to } : {}),
      ...(after ? { after } : {}),
    }
  }

  /** Reads from the beginning. What was read stays until there is something else to show. */
  async load() {
    this.#turn += 1
    const turn = this.#turn
    this.reading = true
    try {
      const page = await get('/pictures', { query: this.#query() })
      if (turn !== this.#turn) return
      this.all = page.pictures
      this.fresh = []
      this.#next = page.next ?? undefined
      this.more = this.#next !== undefined
      this.problem = ''
    } catch (error) {
      if (turn === this.#turn) this.problem = words(error)
    } finally {
      if (turn === this.#turn) this.reading = false
    }
  }

  /** Puts what is new before the rest, without reading it all anew. */
  async freshen() {
    if (this.wanted.order !== 'newest' || this.all.length === 0) return this.load()
    const turn = this.#turn
    const page = await get('/pictures', { query: this.#query() }).catch(() => undefined)
    if (!page || turn !== this.#turn) return
    const last = this.all[0]!.id
    const fresh = page.pictures.filter((picture) => picture.id > last)
    if (fresh.length === page.pictures.length && page.next && this.atTop) return this.load()
    this.fresh = fresh
    if (this.atTop) this.showFresh()
  }

  showFresh() {
    if (this.fresh.length === 0) return
    this.all = [...this.fresh, ...this.all]
    this.fresh = []
  }

  async further() {
    if (this.reading || !this.#next) return
    const turn = this.#turn
    this.reading = true
    try {
      const page = await get('/pictures', { query: this.#query(this.#next) })
      if (turn !== this.#turn) return
      this.all = [...this.all, ...page.pictures]
      this.#next = page.next ?? undefined
      this.more = this.#next !== undefined
    } catch (error) {
      this.problem = words(error)
    } finally {
      if (turn === this.#turn) this.reading = false
    }
  }
}

export const listed = new Listed()
