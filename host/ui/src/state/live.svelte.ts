import { SvelteMap } from 'svelte/reactivity'
import { address, get, type Job, type Queue } from '../api/client'
import { catalog, type PluginEvent } from './catalog.svelte'
import { prefs } from './prefs.svelte'

/** How far a job is, as its events say. */
export interface Progress {
  stage?: string
  done: number
  total: number
  eta?: number
  /** The picture as it is by now, as the address of its data. */
  preview?: string
}

/** Something that happened while the page looked on. */
export interface Line {
  id: string
  at: string
  about: string
  what: string
  text: string
  bad: boolean
}

interface Told {
  id: number
  at: string
  job: number
  type: string
  stage?: string
  done?: number
  total?: number
  eta?: number
  text?: string
  failure?: { message?: string }
  preview?: { png: string }
}

const NAMES = ['queued', 'started', 'stage', 'step', 'progress', 'picture', 'note', 'finished', 'failed', 'cancelled']
const PLUGIN_NAMES = ['loaded', 'reloaded', 'rejected', 'needs_consent', 'quarantined', 'released', 'removed']
/** What happens so often that nobody wants to read it. */
const QUIET = new Set(['stage', 'step', 'progress', 'picture'])
const ENDS = new Set(['finished', 'failed', 'cancelled'])
const SOONEST = 500
const LATEST = 4000
const LINES = 300

/** The queue, as it is: read once, then kept by what the server tells. */
class Live {
  online = $state(true)
  paused = $state(false)
  counts = $state<Queue | undefined>()
  jobs = new SvelteMap<number, Job>()
  progress = new SvelteMap<number, Progress>()
  /** Grows whenever there may be new pictures. */
  drawn = $state(0)
  /** The order of the jobs that wait. */
  waiting = $state<number[]>([])
  /** What happened, the newest first. */
  log = $state<Line[]>([])
  #events: EventSource | undefined
  #wait = SOONEST
  #looking = false
  #again = false
  #ended: ((job: Job) => void)[] = []

  start() {
    this.#connect()
    this.#listenPlugins()
    void this.look()
    document.addEventListener('visibilitychange', () => this.#connect())
  }

  /** Tells of each job that ends. */
  onEnd(heard: (job: Job) => void) {
    this.#ended.push(heard)
    return () => {
      this.#ended = this.#ended.filter((it) => it !== heard)
    }
  }

  get running(): Job | undefined {
    for (const job of this.jobs.values()) if (job.state === 'running') return job
    return undefined
  }

  /** Jobs that run or wait, in the order in which they are done. */
  get open(): Job[] {
    const running = [...this.jobs.values()].filter((job) => job.state === 'running')
    const waiting = this.waiting.map((id) => this.jobs.get(id)).filter((job) => job?.state === 'queued')
    return [...running, ...(waiting as Job[])]
  }

  get ended(): Job[] {
    const over = [...this.jobs.values()].filter((job) => job.state !== 'running' && job.state !== 'queued')
    return over.sort((a, b) => b.id - a.id).slice(0, 60)
  }

  /** Reads the queue. While it is read, further wishes to read it become one. */
  async look() {
    if (this.#looking) {
      this.#again = true
      return
    }
    this.#looking = true
    try {
      const [waiting, recent] = await Promise.all([
        get('/jobs', { query: { waiting: true, limit: 200 } }),
        get('/jobs', { query: { limit: 60 } }),
      ])
      const running = recent.jobs.some((job) => job.state === 'running')
        ? { jobs: [] as Job[] }
        : await get('/jobs', { query: { state: 'running', limit: 10 } })
      const seen = [...waiting.jobs, ...recent.jobs, ...running.jobs]
      const known = new Set(seen.map((job) => job.id))
      for (const id of this.jobs.keys()) if (!known.has(id)) this.jobs.delete(id)
      for (const job of seen) this.#put(job)
      this.waiting = waiting.jobs.map((job) => job.id)
      this.counts = recent.queue
      this.paused = recent.queue.paused
    } catch {
      // The stream of events says when the server is back.
    } finally {
      this.#looking = false
    }
    if (this.#again) {
      this.#again = false
      await this.look()
    }
  }

  /** Takes a job that the server answered with. */
  take(job: Job) {
    this.#put(job)
    if (job.state === 'queued' && !this.waiting.includes(job.id)) this.waiting.push(job.id)
  }

  #put(job: Job) {
    const before = this.jobs.get(job.id)
    this.jobs.set(job.id, job)
    if (job.state === 'running' && job.progress && !this.progress.has(job.id)) {
      const { done, total, stage, eta } = job.progress
      this.progress.set(job.id, { done, total, ...(stage ? { stage } : {}), ...(eta ? { eta } : {}) })
    }
    const isOver = job.state !== 'running' && job.state !== 'queued'
    if (!isOver) return
    this.progress.delete(job.id)
    if (before && before.state !== job.state) {
      this.drawn += 1
      for (const heard of this.#ended) heard(job)
    }
  }

  #connect() {
    this.#events?.close()
    const previews = prefs.previews !== 'off' && !document.hidden
    const events = new EventSource(address('/events', { previews }))
    this.#events = events
    events.onopen = () => {
      if (!this.online) void catalog.load().catch(() => undefined)
      this.online = true
      this.#wait = SOONEST
      void this.look()
    }
    events.onerror = () => {
      events.close()
      if (this.#events !== events) return
      this.online = false
      setTimeout(() => this.#connect(), this.#wait)
      this.#wait = Math.min(this.#wait * 1.6, LATEST)
    }
    events.addEventListener('missed', () => void this.look())
    for (const name of NAMES) {
      events.addEventListener(name, (event) => this.#heard(JSON.parse((event as MessageEvent<string>).data) as Told))
    }
  }

  #note(line: Line) {
    if (this.log.some((it) => it.id === line.id)) return
    this.log = [line, ...this.log].slice(0, LINES)
  }

  #heard(told: Told) {
    if (!QUIET.has(told.type)) {
      const text = told.text ?? told.failure?.message ?? ''
      const bad = told.type === 'failed'
      this.#note({ id: `job.${told.id}`, at: told.at, about: String(told.job), what: told.type, text, bad })
    }
    const now = this.progress.get(told.job) ?? { done: 0, total: 0 }
    switch (told.type) {
      case 'stage':
        this.progress.set(told.job, { ...now, ...(told.stage ? { stage: told.stage } : {}) })
        return
      case 'step':
      case 'progress': {
        const next: Progress = { ...now, done: told.done ?? 0, total: told.total ?? 0 }
        if (told.eta === undefined) delete next.eta
        else next.eta = told.eta
        if (told.preview) next.preview = `data:image/png;base64,${told.preview.png}`
        this.progress.set(told.job, next)
        return
      }
      case 'picture':
        this.drawn += 1
        return
      case 'note':
        return
    }
    if (told.type === 'started') this.progress.set(told.job, { done: 0, total: 0 })
    if (ENDS.has(told.type)) this.drawn += 1
    void this.look()
  }

  #listenPlugins() {
    const events = new EventSource(address('/plugin-events'))
    events.onerror = () => {
      events.close()
      setTimeout(() => this.#listenPlugins(), LATEST)
    }
    for (const name of PLUGIN_NAMES) {
      events.addEventListener(name, (event) => {
        const told = JSON.parse((event as MessageEvent<string>).data) as PluginEvent
        catalog.told = [told, ...catalog.told].slice(0, 50)
        const bad = told.what === 'rejected' || told.what === 'quarantined'
        this.#note({ id: `plugin.${told.id}.${told.at}`, at: told.at, about: told.file, what: told.what, text: told.why ?? '', bad })
        void catalog.loadPlugins().catch(() => undefined)
      })
    }
  }
}

export const live = new Live()
