import assert from 'node:assert/strict'
import { test } from 'node:test'
import { both, drawn, make, prompt, use } from './open.mjs'

const server = await use()

both('a picture is drawn', async ({ server, open, size }) => {
  const page = await open()
  const job = await make(page, server, `a red apple, ${size}`)
  assert.equal(job.state, 'done', JSON.stringify(job.failure))
  assert.equal(job.request.prompt, `a red apple, ${size}`)
  await page.locator(`.stage img[src*="/pictures/${job.pictures[0]}/file"]`).waitFor()
  assert.equal(await page.evaluate(() => document.activeElement?.tagName), 'TEXTAREA')
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing is beside the window')
  assert.deepEqual(page.said, [])
  assert.deepEqual(page.strangers, [])
})

test('a held key draws once', async () => {
  const page = await server.open()
  const counted = async () => (await server.ask('/jobs?limit=1000')).jobs.length
  const field = prompt(page)
  await field.fill('once')
  const had = await counted()
  await page.keyboard.down('Control')
  for (let press = 0; press < 5; press += 1) await page.keyboard.down('Enter')
  await page.keyboard.up('Enter')
  await page.keyboard.up('Control')
  await drawn(server, had)
  assert.equal(await counted(), had + 1)
  await page.context().close()
})

test('what is set survives a reload, and goes into the request', async () => {
  const page = await server.open()
  await prompt(page).fill('kept')
  await page.getByRole('textbox', { name: 'Steps' }).fill('3')
  await page.getByRole('textbox', { name: 'Steps' }).press('Tab')
  await page.getByRole('textbox', { name: 'Seed' }).fill('18446744073709551615')
  await page.getByRole('button', { name: '16:9' }).click()
  await page.reload()
  assert.equal(await prompt(page).inputValue(), 'kept')
  assert.equal(await page.getByRole('textbox', { name: 'Steps' }).inputValue(), '3')
  const sent = page.waitForRequest((request) => request.method() === 'POST' && request.url().endsWith('/jobs'))
  await page.locator('.go .main').click()
  const body = (await sent).postData()
  assert.match(body, /"seed":18446744073709551615/)
  assert.match(body, /"steps":3/)
  const { width, height } = JSON.parse(body).request
  assert.ok(width % 8 === 0 && height % 8 === 0 && width > height)
  await page.context().close()
})

test('Ctrl+Up weighs the word, and the browser takes it back', async () => {
  const page = await server.open()
  const field = prompt(page)
  await field.fill('a red apple')
  await field.evaluate((it) => it.setSelectionRange(3, 3))
  await field.press('Control+ArrowUp')
  assert.equal(await field.inputValue(), 'a (red:1.05) apple')
  await field.press('Control+ArrowUp')
  assert.equal(await field.inputValue(), 'a (red:1.1) apple')
  await field.press('Control+ArrowDown')
  await field.press('Control+ArrowDown')
  assert.equal(await field.inputValue(), 'a red apple')
  await field.press('Control+z')
  assert.notEqual(await field.inputValue(), 'a red apple')
  await page.context().close()
})

test('one job of many is cancelled, and no other', async () => {
  const page = await server.open()
  await server.post('/queue/pause')
  const ids = []
  for (let index = 0; index < 5; index += 1) {
    ids.push((await server.post('/jobs', { request: { prompt: `job ${index}`, steps: 2 } })).id)
  }
  await page.getByRole('button', { name: 'Queue' }).click()
  const row = page.locator('aside li', { hasText: 'job 2' })
  await row.getByRole('button', { name: 'Cancel' }).click()
  await page.waitForFunction(async (id) => (await (await fetch(`/api/v1/jobs/${id}`)).json()).state === 'cancelled', ids[2])
  for (const id of ids.filter((it) => it !== ids[2])) assert.equal((await server.ask(`/jobs/${id}`)).state, 'queued')
  await row.locator('text=cancelled').waitFor()
  await page.getByRole('button', { name: /Cancel waiting/ }).click()
  await page.waitForFunction(async () => (await (await fetch('/api/v1/queue')).json()).queued === 0)
  await server.post('/queue/resume')
  await page.context().close()
})

test('Esc Esc stops what is drawn', async () => {
  const page = await server.open()
  const field = prompt(page)
  await field.fill('stopped')
  const before = (await server.ask('/jobs?limit=1')).jobs[0]?.id ?? 0
  const { limits } = await server.ask('/server')
  await server.post('/jobs', { request: { prompt: 'long', steps: limits.steps, batch: 8 } })
  await page.getByRole('button', { name: 'Stop' }).waitFor()
  await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
  assert.equal((await drawn(server, before)).state, 'cancelled')
  assert.equal(await field.inputValue(), 'stopped')
  await page.context().close()
})
