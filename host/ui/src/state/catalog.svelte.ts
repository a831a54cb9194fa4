import { get, styles, type Model, type Named, type Plugin, type Server, type Session } from '../api/client'

/** What the server has: models, samplers, plugins. */
class Catalog {
  models = $state<Model[]>([])
  samplers = $state<Named[]>([])
  schedules = $state<Named[]>([])
  plugins = $state<Plugin[]>([])
  /** Names of the styles that may be put into prompts. */
  styles = $state<string[]>([])
  server = $state<Server | undefined>()
  session = $state<Session | undefined>()
  /** The latest of what happened to plugins' files, the newest first. */
  told = $state<PluginEvent[]>([])

  async load() {
    this.session = await get('/session')
    if (!this.session.scope) return
    const [models, samplers, schedules, plugins, server] = await Promise.all([
      get('/models'),
      get('/samplers'),
      get('/schedules'),
      get('/plugins'),
      get('/server'),
    ])
    Object.assign(this, { models, samplers, schedules, plugins, server })
    this.styles = await styles().catch(() => [])
  }

  async loadPlugins() {
    this.plugins = await get('/plugins')
  }

  async loadModels() {
    this.models = await get('/models')
  }

  /** The model of this name, or the usual one. */
  model(name: string | null | undefined): Model | undefined {
    return this.models.find((model) => (name ? model.name === name : model.default)) ?? this.models[0]
  }

  /** What a sampler is called. */
  samplerName(id: string): string {
    return this.samplers.find((it) => it.id === id)?.label ?? id
  }

  scheduleName(id: string): string {
    return this.schedules.find((it) => it.id === id)?.label ?? id
  }

  plugin(id: string): Plugin | undefined {
    return this.plugins.find((plugin) => plugin.id === id)
  }

  get mayDraw(): boolean {
    return this.session?.scope === 'generate' || this.session?.scope === 'admin'
  }

  get mayManage(): boolean {
    return this.session?.scope === 'admin'
  }
}

export interface PluginEvent {
  id: number
  what: string
  file: string
  at: string
  generation?: number
  why?: string
}

export const catalog = new Catalog()
