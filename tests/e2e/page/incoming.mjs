// Pictures that come in: dropped, begun from, painted over, drawn around.
import assert from 'node:assert/strict'
import { both, drop, drawn, file, make, pixels, prompt, queue, recipe } from './open.mjs'
import { a1111, comfy } from './png.mjs'

both('pictures of other programs say what they can, and what is lost', async ({ open }) => {
  const page = await open()
  await drop(page, 'a1111.png', 'image/png', a1111)
  const dialog = page.getByRole('dialog')
  await dialog.getByText('a red apple').waitFor()
  await dialog.getByText('not here').waitFor()
  await dialog.getByText('Strange thing 5').waitFor()
  await dialog.getByRole('button', { name: 'Restore parameters' }).click()
  await page.waitForFunction(() => document.querySelector('textarea')?.value === 'a red apple')
  await drop(page, 'comfy.png', 'image/png', comfy)
  await dialog.getByText('the picture was made by ComfyUI').waitFor()
  assert.ok(await dialog.getByRole('button', { name: 'Restore parameters' }).isDisabled())
  await dialog.getByRole('button', { name: 'Begin from this picture' }).click()
  await page.waitForFunction(() => JSON.parse(localStorage.getItem('aquatint.form') ?? '{}').start?.width === 16)
})

const far = (a, b) => Math.max(...a.map((value, at) => Math.abs(value - b[at])))

both('a dropped picture gives back what drew it', async ({ server, open, isPhone }) => {
  const made = await server.post('/jobs', { request: { prompt: 'a red apple', negative: 'blue', steps: 3, seed: 9, cfg: 4 } })
  const job = await drawn(server, made.id - 1)
  const page = await open()
  await drop(page, 'apple.png', 'image/png', await file(server, job.pictures[0]))
  const dialog = page.getByRole('dialog')
  await dialog.getByText('a red apple').waitFor()
  await dialog.getByRole('button', { name: 'Restore parameters' }).click()
  await page.waitForFunction(() => document.querySelector('textarea')?.value === 'a red apple')
  await recipe(page, isPhone)
  assert.equal(await page.getByRole('textbox', { name: 'Steps' }).inputValue(), '3')
  await server.post('/queue/pause')
  const { request } = await queue(page, server)
  for (const key of ['prompt', 'negative', 'steps', 'seed', 'cfg', 'sampler', 'width', 'height']) {
    assert.deepEqual(request[key], job.report?.request?.[key] ?? request[key], key)
  }
  assert.equal(request.seed, 9)
  assert.equal(request.negative, 'blue')
  await server.quiet()
  await drop(page, 'notes.txt', 'text/plain', Buffer.from('no picture'))
  await page.getByText('Expected a picture or a plugin').waitFor()
})

both('a mask is painted, and only what is under it changes', async ({ server, open, isPhone }) => {
  const page = await open()
  const before = await make(page, server, 'a red apple')
  const id = before.pictures[0]
  await page.locator(`.stage img[src*="/pictures/${id}/file"]`).waitFor()
  await page.getByRole('button', { name: 'Paint over it' }).click()
  const sheet = page.getByRole('application', { name: 'What may change' })
  await sheet.waitFor()
  await page.waitForFunction(() => document.querySelector('.layers img')?.complete)
  const box = await page.locator('.layers').boundingBox()
  const size = page.getByRole('slider', { name: 'Size of the brush' })
  await size.fill('16')
  // Strokes over the upper left quarter; they are taken back, and done again.
  const stroke = async () => {
    for (const share of [0.1, 0.22, 0.34]) {
      await page.mouse.move(box.x + box.width * 0.1, box.y + box.height * share)
      await page.mouse.down()
      await page.mouse.move(box.x + box.width * 0.36, box.y + box.height * share, { steps: 6 })
      await page.mouse.up()
    }
  }
  const undo = page.getByRole('button', { name: 'Undo' })
  assert.ok(await undo.isDisabled())
  await stroke()
  for (let times = 0; times < 3; times += 1) await undo.click()
  assert.ok(await undo.isDisabled())
  await stroke()
  await page.getByRole('button', { name: 'Use', exact: true }).click()
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await prompt(page).fill('a blue ball')
  const fields = await recipe(page, isPhone)
  await fields.getByRole('button', { name: 'Change the mask' }).waitFor()
  const strength = fields.getByRole('textbox', { name: 'Strength' })
  await strength.fill('1')
  await strength.press('Tab')
  await queue(page, server)
  const job = await drawn(server, before.id)
  assert.equal(job.state, 'done', JSON.stringify(job.failure))
  assert.equal(job.request.init.strength, 1)
  const [was, is] = [await pixels(page, id), await pixels(page, job.pictures[0])]
  assert.deepEqual([is.width, is.height], [was.width, was.height])
  let [inside, outside] = [0, 0]
  for (let at = 0; at < 24; at += 1) inside = Math.max(inside, far(was.at(4 + at % 18, 4 + at), is.at(4 + at % 18, 4 + at)))
  for (let x = 44; x < 64; x += 1) for (let y = 44; y < 64; y += 1) outside = Math.max(outside, far(was.at(x, y), is.at(x, y)))
  assert.ok(inside > 40, `under the mask ${inside} levels changed`)
  assert.ok(outside <= 2, `away from the mask ${outside} levels changed`)
  assert.deepEqual(page.said, [])
})

both('a picture is begun from, and drawn around', async ({ server, open, isPhone }) => {
  const page = await open()
  const before = await make(page, server, 'a red apple')
  await page.locator(`.stage img[src*="/pictures/${before.pictures[0]}/file"]`).waitFor()
  await page.getByRole('button', { name: 'Begin from it' }).click()
  const fields = await recipe(page, isPhone)
  await fields.getByRole('button', { name: 'Draw around it' }).click()
  const handle = fields.getByRole('slider', { name: 'Right' })
  await handle.press('Shift+ArrowRight')
  assert.equal(await handle.getAttribute('aria-valuenow'), '64')
  await queue(page, server)
  const job = await drawn(server, before.id)
  assert.equal(job.state, 'done', JSON.stringify(job.failure))
  const [was, is] = [await pixels(page, before.pictures[0]), await pixels(page, job.pictures[0])]
  assert.deepEqual([is.width, is.height], [was.width + 64, was.height])
  assert.ok(far(was.at(8, 32), is.at(8, 32)) <= 2, 'what was there is there')
})
