import { post } from '../api/client'
import { live } from '../state/live.svelte'
import { prefs } from '../state/prefs.svelte'
import { PAGES, router } from '../state/router.svelte'
import { shell } from '../state/shell.svelte'
import { takeBack } from '../state/restore.svelte'
import { attempt } from '../state/toasts.svelte'
import { draw } from '../make/draw'

let escaped = 0

/** Whether keys are letters of a text here, rather than wishes. */
export function inText(event: KeyboardEvent): boolean {
  const target = event.target
  if (!(target instanceof HTMLElement)) return false
  return target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName)
}

/** Keys that work on every page. */
export function pressed(event: KeyboardEvent) {
  const command = event.ctrlKey || event.metaKey
  if (command && event.key === 'Enter' && router.page === 'make' && router.picture === undefined) {
    event.preventDefault()
    if (!event.repeat) void draw(event.shiftKey)
    return
  }
  if (command && event.key.toLowerCase() === 'k') {
    event.preventDefault()
    shell.palette = !shell.palette
    return
  }
  if (command && !event.shiftKey && event.key.toLowerCase() === 'z' && !inText(event)) {
    // Whoever paints a mask means the mask.
    if (!shell.mask && takeBack()) event.preventDefault()
    return
  }
  if (event.key === 'Escape') {
    escape()
    return
  }
  if (event.altKey && /^[1-7]$/.test(event.key)) {
    event.preventDefault()
    const page = PAGES[Number(event.key) - 1]
    if (page) router.go(page)
    return
  }
  if (command || event.altKey || inText(event) || !prefs.letters) return
  if (event.key === '?') shell.keys = true
  if (event.key === 'q') shell.queue = !shell.queue
}

/** Twice in a row: what is drawn now is stopped. */
function escape() {
  const now = Date.now()
  if (document.querySelector('dialog[open]')) return
  if (now - escaped < 700) {
    const job = live.running
    if (job) void attempt(() => post('/jobs/{id}/cancel', undefined, { path: { id: job.id } }))
    escaped = 0
    return
  }
  escaped = now
  shell.queue = false
  shell.recipe = false
}
