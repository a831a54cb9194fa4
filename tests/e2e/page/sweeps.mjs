import assert from 'node:assert/strict'
import { both, until } from './open.mjs'

both('a sweep is planned, drawn, turned, compared and opened', async ({ server, open }) => {
  const page = await open('/sweep')
  const values = page.getByRole('textbox', { name: 'Values' })
  await page.getByRole('combobox', { name: 'What changes' }).selectOption('cfg')
  await values.fill('2, nothing')
  await page.locator('.plan .error').waitFor()
  await values.fill('2, 4')
  await page.locator('.plan .cells b', { hasText: /^2$/ }).waitFor()
  await page.getByRole('button', { name: 'Add an axis' }).click()
  await page.getByRole('combobox', { name: 'What changes' }).nth(1).selectOption('steps')
  await values.nth(1).fill('1-3')
  await page.locator('.plan .cells b', { hasText: /^6$/ }).waitFor()
  await page.getByRole('button', { name: 'Start' }).click()
  const cells = page.locator('.cell button')
  await cells.nth(5).waitFor()
  assert.match(page.url(), /\/sweep\?job=\d+/)
  const heads = page.getByRole('columnheader')
  assert.deepEqual(await heads.count(), 2)
  await page.getByRole('button', { name: 'Swap across and down' }).click()
  await until('the axes are swapped', async () => (await heads.count()) === 3)
  // The address says how it is looked at.
  await until('the address says so', () => /view=/.test(page.url()))
  await page.reload()
  await cells.nth(5).waitFor()
  assert.equal(await heads.count(), 3)
  await cells.nth(0).focus()
  await page.keyboard.press('c')
  await page.getByText('Now the other cell.').waitFor()
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('c')
  await page.getByRole('slider', { name: 'How much of the first picture is shown' }).waitFor()
  await page.getByRole('button', { name: 'Open in Make' }).click()
  await page.getByText('Restored', { exact: true }).waitFor()
  // What cannot be planned was refused, and the browser says so; nothing else was.
  assert.deepEqual(page.said.filter((line) => !line.includes('422')), [])
  await server.idle()
})

both('a sweep that was cancelled goes on, and draws nothing twice', async ({ server, open }) => {
  await server.post('/queue/pause')
  const { id } = await server.post('/sweeps', {
    sweep: { request: { prompt: 'goes on', steps: 1, seed: 3 }, axes: [{ field: 'cfg', values: '1-3' }] },
  })
  const page = await open(`/sweep?job=${id}`)
  await page.getByRole('button', { name: 'Cancel' }).click()
  await page.getByRole('button', { name: 'Go on' }).click()
  await server.post('/queue/resume')
  await page.locator('.cell button').nth(2).waitFor()
  await server.idle()
  const after = await server.post('/sweeps/plan', {
    request: { prompt: 'goes on', steps: 1, seed: 3 }, axes: [{ field: 'cfg', values: '1-3' }],
  })
  assert.equal(after.cells, 3)
})
