// What is set in the recipe is what is asked for. The queue is paused: nothing of it need be drawn.
import assert from 'node:assert/strict'
import { both, prompt, queue, recipe } from './open.mjs'

both('every field of the recipe goes into the request', async ({ server, open, isPhone }) => {
  await server.post('/queue/pause')
  const page = await open()
  await prompt(page).fill('a (red:1.2) apple')
  const fields = await recipe(page, isPhone)
  await fields.getByRole('button', { name: 'Negative prompt' }).click()
  await fields.getByRole('textbox', { name: 'Negative prompt' }).fill('blurry')
  for (const [name, value] of [['Steps', '5'], ['Guidance', '3.5'], ['Pictures', '2'], ['Seed', '77']]) {
    const field = fields.getByRole('textbox', { name, exact: true })
    await field.fill(value)
    await field.press('Tab')
  }
  await fields.getByRole('combobox', { name: 'Sampler' }).selectOption({ label: 'Euler a' })
  await fields.getByRole('combobox', { name: 'Schedule' }).selectOption({ label: 'Karras' })
  await fields.getByRole('button', { name: '3:2' }).click()
  await fields.getByRole('button', { name: 'Swap width and height' }).click()
  await fields.getByRole('switch', { name: 'Larger, in a second pass' }).click()
  await fields.getByRole('button', { name: 'More', exact: true }).click()
  const skip = fields.getByRole('textbox', { name: 'Clip skip' })
  await skip.fill('2')
  await skip.press('Tab')
  await fields.getByRole('combobox', { name: 'Weights of words' }).selectOption('no_norm')
  const { request, id } = await queue(page, server)
  const { width, height, hires, ...rest } = request
  assert.ok(height > width && height % 8 === 0, `${width} by ${height}`)
  assert.equal(hires.scale, 2)
  const wanted = {
    prompt: 'a (red:1.2) apple', negative: 'blurry', steps: 5, cfg: 3.5, batch: 2, seed: 77,
    schedule: 'karras', clip_skip: 2, emphasis: 'no_norm',
  }
  for (const [key, value] of Object.entries(wanted)) assert.deepEqual(rest[key], value, key)
  assert.match(rest.sampler, /euler/)
  // All of it is there again after a reload.
  await page.reload()
  await recipe(page, isPhone)
  assert.equal(await page.getByRole('textbox', { name: 'Clip skip' }).inputValue(), '2')
  const again = await queue(page, server)
  assert.notEqual(again.id, id)
  assert.deepEqual(again.request, request)
  await server.quiet()
  assert.deepEqual(page.said, [])
})

both('jobs that wait are put in another order, held, cancelled and tried again', async ({ server, open }) => {
  await server.post('/queue/pause')
  const ids = []
  for (const name of ['first', 'second', 'third']) {
    ids.push((await server.post('/jobs', { request: { prompt: `${name} in line`, steps: 1 } })).id)
  }
  const page = await open()
  await page.getByRole('button', { name: /^Queue/ }).click()
  const rows = page.locator('aside ul').first().locator('li')
  const names = async () => (await rows.locator('.clip').allTextContents()).filter((text) => text.endsWith('in line'))
  await rows.nth(2).waitFor()
  assert.deepEqual(await names(), ['first in line', 'second in line', 'third in line'])
  await rows.filter({ hasText: 'third' }).getByRole('button', { name: 'First of all' }).click()
  await rows.first().filter({ hasText: 'third' }).waitFor()
  await rows.filter({ hasText: 'second' }).getByRole('button', { name: 'Earlier' }).click()
  await rows.nth(1).filter({ hasText: 'second' }).waitFor()
  const { jobs } = await server.ask('/jobs?waiting=true')
  assert.deepEqual(jobs.map((job) => job.id), [ids[2], ids[1], ids[0]])
  await rows.filter({ hasText: 'first' }).getByRole('button', { name: 'Cancel' }).click()
  const over = page.locator('aside ul').last().locator('li', { hasText: 'first in line' })
  await over.getByRole('button', { name: 'Try again' }).click()
  await rows.filter({ hasText: 'first' }).waitFor()
  await page.getByRole('button', { name: 'Go on' }).click()
  await server.idle()
  await rows.first().waitFor({ state: 'detached' })
  for (const id of [ids[1], ids[2]]) assert.equal((await server.ask(`/jobs/${id}`)).state, 'done')
})
