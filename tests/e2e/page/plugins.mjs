import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { both, drawn, pixels, prompt, queue, recipe, use } from './open.mjs'

const folder = process.env.AQUATINT_TEST_COMPONENTS
const component = (name) => ({ name, mimeType: 'application/wasm', buffer: readFileSync(join(folder, name)) })

if (!folder) test('plugins', { skip: 'AQUATINT_TEST_COMPONENTS names no folder with painter.wasm and asking.wasm' }, () => {})
else both('a plugin is looked at, installed, used, turned off, removed, and asks', install)

async function install({ server, open, isPhone }) {
  await (await use()).ask('/plugins/painter', { method: 'DELETE' }).catch(() => undefined)
  const page = await open('/plugins')
  const pick = page.getByLabel('From a file')
  await pick.setInputFiles({ name: 'no.wasm', mimeType: 'application/wasm', buffer: Buffer.from('not a component') })
  await page.locator('.toast.bad').waitFor()
  await page.locator('.toast.bad').getByRole('button', { name: 'Close' }).click()
  await pick.setInputFiles(component('painter.wasm'))
  const dialog = page.getByRole('dialog')
  await dialog.getByText('It asks for nothing').waitFor()
  assert.equal(await page.evaluate(() => document.querySelector('dialog b[onclick]')), null, 'names are text')
  await dialog.getByRole('button', { name: 'Install' }).click()
  const card = page.locator('article.card', { hasText: 'painter' })
  await card.getByText('ready').waitFor()
  await card.getByRole('button', { name: 'Details' }).click()
  await card.getByText('It may do nothing').waitFor()
  // Twice in the chain, the second off: once is asked for. It paints all of it red.
  await card.getByRole('button', { name: 'Use', exact: true }).click()
  await prompt(page).fill('a blue ball')
  const fields = await recipe(page, isPhone)
  await fields.getByRole('combobox', { name: 'Add a plugin' }).selectOption('painter')
  const uses = fields.locator('.chain article')
  await uses.nth(1).waitFor()
  const amount = uses.nth(1).getByRole('textbox', { name: 'Amount' })
  await amount.fill('0.75')
  await amount.press('Tab')
  await uses.nth(1).getByRole('button', { name: 'Earlier' }).click()
  await uses.nth(1).getByRole('switch').click()
  const queued = await queue(page, server)
  const job = await drawn(server, queued.id - 1)
  assert.equal(job.state, 'done', JSON.stringify(job.failure))
  assert.deepEqual(job.request.plugins.map(({ id, settings }) => [id, settings.amount]), [['painter', 0.75]])
  const picture = await pixels(page, job.pictures[0])
  assert.deepEqual(picture.at(10, 50), [255, 0, 0])
  // Another file of it is refused, in words. Turned off and removed, it makes room.
  await page.goto(`${server.address}/plugins`)
  await page.getByLabel('From a file').setInputFiles(component('asking.wasm'))
  await page.getByText('is installed already').waitFor()
  await card.getByRole('switch').click()
  await card.getByText('off', { exact: true }).waitFor()
  await remove(card)
  // This one wants something, and says why.
  await page.getByLabel('From a file').setInputFiles(component('asking.wasm'))
  await dialog.getByText('to remember <b>colours</b>').waitFor()
  assert.ok(await dialog.getByRole('checkbox').isChecked())
  await dialog.getByRole('button', { name: 'Install' }).click()
  await card.getByText('ready').waitFor()
  await card.getByRole('button', { name: 'Details' }).click()
  await card.getByRole('button', { name: 'Take back' }).click()
  await card.getByText('waits for you').waitFor()
  await remove(card, true)
  assert.equal(await page.evaluate(() => window.harmed), undefined)
}

async function remove(card, isOpen = false) {
  if (!isOpen) await card.getByRole('button', { name: 'Details' }).click()
  await card.getByRole('button', { name: 'Remove' }).click()
  await card.getByRole('button', { name: 'Really remove?' }).click()
  await card.waitFor({ state: 'detached' })
}
