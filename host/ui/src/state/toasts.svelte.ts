import { Refused, Unreachable } from '../api/client'
import { t } from '../i18n/index.svelte'

export interface Toast {
  id: number
  text: string
  bad: boolean
  /** What can be done about it. */
  action?: { label: string; run: () => void }
}

let last = 0
export const toasts = $state<Toast[]>([])

export function dismiss(id: number) {
  const at = toasts.findIndex((toast) => toast.id === id)
  if (at >= 0) toasts.splice(at, 1)
}

export function tell(text: string, action?: Toast['action'], bad = false) {
  last += 1
  const id = last
  const toast: Toast = { id, text, bad }
  if (action) toast.action = action
  toasts.push(toast)
  if (toasts.length > 3) toasts.shift()
  setTimeout(() => dismiss(id), action || bad ? 10_000 : 4000)
}

/** An error in words. */
export function words(error: unknown): string {
  if (error instanceof Unreachable) return t('error.unreachable')
  if (error instanceof Refused && error.status === 401) return t('error.key')
  return error instanceof Error ? error.message : String(error)
}

/** Does something, and tells if it fails. */
export async function attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    tell(words(error), undefined, true)
    return undefined
  }
}
