import { post } from '../api/client'
import { catalog } from '../state/catalog.svelte'
import { form, request } from '../state/form.svelte'
import { live } from '../state/live.svelte'
import { making } from '../state/making.svelte'
import { shell } from '../state/shell.svelte'
import { tell, words } from '../state/toasts.svelte'

const LEAST = 250
const HISTORY = 50
let last = 0

/** Queues what the form says. */
export async function draw(first = false) {
  const now = Date.now()
  if (now - last < LEAST || !catalog.mayDraw) return
  last = now
  making.problem = undefined
  making.field = undefined
  const asked = request()
  try {
    const job = await post(
      '/jobs',
      { request: asked, ...(first ? { priority: 10 } : {}) },
      { headers: { 'idempotency-key': crypto.randomUUID?.() ?? `${now}-${Math.random()}` } },
    )
    live.take(job)
    making.follow(job.id)
    shell.recipe = false
    remember(form.prompt)
    if (form.seedIs === 'counting') form.seed = next(form.seed)
  } catch (error) {
    making.problem = words(error)
    making.field = (error as { field?: string }).field
    tell(making.problem, undefined, true)
  }
}

function remember(prompt: string) {
  if (prompt.trim() === '') return
  making.prompts = [prompt, ...making.prompts.filter((it) => it !== prompt)].slice(0, HISTORY)
}

function next(seed: string): string {
  return /^\d{1,20}$/.test(seed) ? String(BigInt(seed) + 1n) : seed
}
