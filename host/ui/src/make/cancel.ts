import { post } from '../api/client'
import { live } from '../state/live.svelte'
import { attempt } from '../state/toasts.svelte'

export async function cancel(id: number) {
  await attempt(() => post('/jobs/{id}/cancel', undefined, { path: { id } }))
  await live.look()
}
