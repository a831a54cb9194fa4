// Nothing but keys.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { picture } from './axe.mjs'
import { drawn, prompt, until, use } from './open.mjs'

const server = await use()

test('a picture is made, compared and a sweep started with keys alone', async () => {
  // There must be another to compare with.
  await picture()
  const page = await server.open('/')
  await prompt(page).waitFor()
  // Tab reaches the prompt from the first element on.
  await until('Tab reaches the prompt', async () => {
    await page.keyboard.press('Tab')
    return page.evaluate(() => document.activeElement?.tagName === 'TEXTAREA')
  })
  const before = (await server.ask('/jobs?limit=1')).jobs[0]?.id ?? 0
  await page.keyboard.type('by hand')
  await page.keyboard.press('Control+Enter')
  const job = await drawn(server, before)
  await page.locator(`.stage img[src*="/pictures/${job.pictures[0]}/file"]`).waitFor()
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: 'What do you want to do?' }).fill('gallery')
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/gallery$/)
  await page.locator('.cell .card').first().waitFor()
  await until('Tab reaches the pictures', async () => {
    await page.keyboard.press('Tab')
    return page.evaluate(() => document.activeElement?.matches('.cell .card'))
  })
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').waitFor()
  await page.keyboard.press('c')
  await page.getByRole('slider', { name: 'How much of the first picture is shown' }).waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  assert.ok(await page.evaluate(() => document.activeElement?.matches('.cell .card')), 'the focus is where it was')
  await page.keyboard.press('Alt+3')
  await page.waitForURL(/\/sweep$/)
  await page.getByRole('textbox', { name: 'Values' }).waitFor()
  await until('Tab reaches the values', async () => {
    await page.keyboard.press('Tab')
    return page.evaluate(() => document.activeElement?.matches('.axes input'))
  })
  await page.keyboard.press('Control+a')
  await page.keyboard.type('2, 3')
  await page.locator('.plan .cells b', { hasText: /^2$/ }).waitFor()
  await until('Tab reaches Start', async () => {
    await page.keyboard.press('Tab')
    return page.evaluate(() => document.activeElement?.matches('.plan .main'))
  })
  await page.keyboard.press('Enter')
  await page.locator('.cell button').nth(1).waitFor()
  await server.idle()
  await page.context().close()
})
