import { SvelteSet } from 'svelte/reactivity'
import { get, pictureFile, post, type Job, type Picture, type Request } from '../api/client'
import { live } from '../state/live.svelte'
import { requestOf } from '../state/restore.svelte'
import { router } from '../state/router.svelte'
import { attempt, tell } from '../state/toasts.svelte'
import { t } from '../i18n/index.svelte'
import { difference } from './pixels'
import { changes } from './provenance'

/** Pictures that are drawn again now. */
export const replaying = new SvelteSet<number>()

function end(id: number): Promise<Job> {
  return new Promise((resolve) => {
    const off = live.onEnd((job) => {
      if (job.id !== id) return
      off()
      resolve(job)
    })
  })
}

/** Draws a picture again from what it says of itself, and tells whether the same came of it, and if not, why. */
export async function replay(picture: Picture) {
  if (replaying.has(picture.id)) return
  replaying.add(picture.id)
  await attempt(async () => {
    const asked = { ...(await requestOf(picture.id)), batch: 1 } as Request
    const job = await post('/jobs', { request: asked }, {})
    live.take(job)
    tell(t('replay.begins'))
    const over = await end(job.id)
    const id = over.pictures[0]
    if (id === undefined) throw new Error(over.failure?.message ?? t(`state.${over.state}`))
    await judge(picture, await get('/pictures/{id}', { path: { id } }))
  })
  replaying.delete(picture.id)
}

async function judge(before: Picture, after: Picture) {
  const compare = { label: t('viewer.compare'), run: () => router.compare(after.id, before.id) }
  const found = await difference(pictureFile(before.id), pictureFile(after.id))
  if (found && found.most === 0) {
    tell(t('replay.same'), compare)
    return
  }
  const why = (await changes(before, after)).map(({ what, was, is }) => `${what} ${was} → ${is}`)
  const because = why.length > 0 ? why.join('; ') : t('replay.no-reason')
  tell(t('replay.differs', { because }), compare, true)
}
