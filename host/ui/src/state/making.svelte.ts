import { SvelteSet } from 'svelte/reactivity'
import { get, type Job, type Picture } from '../api/client'
import { live } from './live.svelte'
import { recalled, remember } from './stored'

const STRIP = 60

/** What the stage shows, and the strip beside it. */
class Making {
  problem = $state<string | undefined>()
  field = $state<string | undefined>()
  /** The latest pictures, the newest first. */
  strip = $state<Picture[]>([])
  /** The picture on the stage. */
  shown = $state<number | undefined>()
  /** The job on the stage, as long as it has no picture. */
  followed = $state<number | undefined>()
  prompts = $state<string[]>(recalled('prompts', { list: [] as string[] }).list)
  forever = $state(false)
  /** Pictures that were deleted a moment ago, and may come back. */
  hidden = $state(new SvelteSet<number>())

  get picture(): Picture | undefined {
    return this.strip.find((picture) => picture.id === this.shown)
  }

  /** The picture that was on the stage before. */
  get before(): Picture | undefined {
    const at = this.strip.findIndex((picture) => picture.id === this.shown)
    return at < 0 ? undefined : this.strip[at + 1]
  }

  follow(job: number) {
    const running = this.followed === undefined ? undefined : live.jobs.get(this.followed)
    if (running?.state !== 'running') this.followed = job
  }

  show(picture: number) {
    this.shown = picture
    this.followed = undefined
  }

  async load() {
    const page = await get('/pictures', { query: { limit: STRIP } })
    this.strip = page.pictures.filter((picture) => !this.hidden.has(picture.id))
    if (this.shown === undefined || !this.picture) this.shown = this.strip[0]?.id
  }

  async ended(job: Job) {
    await this.load().catch(() => undefined)
    const picture = job.pictures.at(-1)
    if (job.id === this.followed) {
      this.followed = live.open[0]?.id
      if (picture !== undefined) this.shown = picture
      this.problem = job.state === 'failed' ? job.failure?.message : undefined
    }
  }

  async step(by: number) {
    const at = this.strip.findIndex((picture) => picture.id === this.shown)
    const next = this.strip[at + by]
    if (next) this.show(next.id)
  }

  hide(ids: Set<number>) {
    for (const id of ids) this.hidden.add(id)
    const at = this.strip.findIndex((picture) => ids.has(picture.id))
    this.strip = this.strip.filter((picture) => !ids.has(picture.id))
    if (this.shown !== undefined && ids.has(this.shown)) this.shown = (this.strip[at] ?? this.strip.at(-1))?.id
  }

  unhide(ids: Set<number>) {
    for (const id of ids) this.hidden.delete(id)
    void this.load().catch(() => undefined)
  }

  keep() {
    remember('prompts', { list: $state.snapshot(this.prompts) })
  }
}

export const making = new Making()
