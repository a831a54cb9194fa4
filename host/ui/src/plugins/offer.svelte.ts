import { post, remove, sendBytes, type Proposal } from '../api/client'
import { catalog } from '../state/catalog.svelte'
import { attempt, tell } from '../state/toasts.svelte'
import { t } from '../i18n/index.svelte'

/** A plugin that somebody has to decide about. */
export const offered = $state<{ proposal: Proposal | undefined; busy: boolean }>({ proposal: undefined, busy: false })

async function fetched(work: () => Promise<Proposal | undefined>) {
  offered.busy = true
  const found = await attempt(work)
  offered.busy = false
  offered.proposal = found
  return found !== undefined
}

/** Sends a plugin's file and shows what it asks for. */
export const offer = (file: Blob) => fetched(() => sendBytes<Proposal>('/proposals', file, 'application/wasm'))

/** Lets the server fetch a plugin and shows what it asks for. */
export const offerSource = (source: string) =>
  fetched(async () => (await post('/proposals', { source })) as Proposal | undefined)

/** Looks for a newer version. */
export async function offerUpdate(id: string) {
  await fetched(async () => {
    const found = (await post('/proposals', { update: id })) as Proposal | undefined
    if (!found) tell(t('plugin.newest'))
    return found
  })
}

export async function withdraw() {
  const { proposal } = offered
  offered.proposal = undefined
  if (proposal) await remove('/proposals/{token}', { path: { token: proposal.token } }).catch(() => undefined)
}

/** Installs what is offered, and lets it do what was ticked. */
export async function consent(grant: string[]) {
  const { proposal } = offered
  if (!proposal) return
  offered.busy = true
  const done = await attempt(() =>
    post('/proposals/{token}', { digest: proposal.digest, grant }, { path: { token: proposal.token } }),
  )
  offered.busy = false
  offered.proposal = undefined
  if (done) tell(t(done.outcome === 'ready' ? 'plugin.installed' : 'plugin.waits', { name: done.id }))
  await catalog.loadPlugins().catch(() => undefined)
}
