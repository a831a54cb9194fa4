// A picture in large: its recipe, parts of it put into the form, comparing, drawing it again.
import assert from 'node:assert/strict'
import { both, make, prompt, until, use } from './open.mjs'

let pictures
/** Two pictures with recipes that differ in two things. */
async function two() {
  if (pictures) return pictures
  const server = await use()
  const draw = async (request) => {
    const { id } = await server.post('/jobs', { request })
    await server.idle()
    return server.ask(`/jobs/${id}`)
  }
  const one = await draw({ prompt: 'a red apple', seed: 5, steps: 3 })
  const other = await draw({ prompt: 'a blue ball', seed: 5, steps: 4 })
  pictures = [one.pictures[0], other.pictures[0]]
  return pictures
}

/** The recipe in the viewer, which is opened if it is not. */
async function shown(page) {
  const button = page.getByRole('dialog').getByRole('button', { name: 'Recipe', exact: true })
  if ((await button.getAttribute('aria-pressed')) !== 'true') await button.click()
  const recipe = page.getByRole('dialog').locator('.recipe')
  await recipe.waitFor()
  return recipe
}

both('keys put parts of a picture into the form, and are taken back one by one', async ({ server, open, isPhone }) => {
  const [id] = await two()
  const page = await open(`/?picture=${id}`)
  await page.getByRole('dialog').locator('.zoom img').waitFor()
  // Nothing of it is in the form before a key says so.
  const kept = () => page.evaluate(() => JSON.parse(localStorage.getItem('aquatint.form') ?? '{}'))
  const becomes = (what, test) => until(what, async () => test(await kept()))
  assert.ok(!(await kept()).prompt)
  await page.keyboard.press('s')
  await becomes('the seed is in the form', (form) => form.seed === '5' && form.seedIs === 'fixed' && form.prompt === '')
  await page.keyboard.press('p')
  await becomes('the prompt is', (form) => form.prompt === 'a red apple' && form.steps === null)
  await page.keyboard.press('Control+z')
  await becomes('the prompt is taken back', (form) => form.prompt === '' && form.seed === '5')
  await page.keyboard.press('Control+z')
  await becomes('the seed is taken back', (form) => form.seedIs === 'random')
  await page.keyboard.press('r')
  await becomes('all but the seed is', (form) => form.prompt === 'a red apple' && form.steps === 3 && form.seedIs === 'random')
  assert.ok(!isPhone || page.url().endsWith('/'), 'one is where it can be drawn')
})

both('the recipe of a picture is text', async ({ open }) => {
  const [id] = await two()
  const page = await open(`/gallery?picture=${id}`)
  const dialog = page.getByRole('dialog')
  await dialog.locator('.zoom img').waitFor()
  const recipe = await shown(page)
  const seed = recipe.locator('dl > div', { hasText: 'Seed' }).locator('dd')
  await seed.waitFor()
  const text = await seed.evaluate((element) => {
    getSelection().selectAllChildren(element)
    return getSelection().toString()
  })
  assert.equal(text.trim(), '5')
  await page.getByRole('button', { name: 'Parameters as text' }).click()
  await recipe.locator('pre', { hasText: 'Steps: 3' }).waitFor()
})

both('two pictures are compared', async ({ open }) => {
  const [a, b] = await two()
  const page = await open(`/gallery?picture=${b}&against=${a}`)
  const slider = page.getByRole('slider', { name: 'How much of the first picture is shown' })
  await slider.waitFor()
  await slider.focus()
  await page.keyboard.press('ArrowRight')
  assert.equal(await slider.getAttribute('aria-valuenow'), '52')
  await page.keyboard.press('Home')
  assert.equal(await slider.getAttribute('aria-valuenow'), '0')
  const box = await page.locator('.compare').boundingBox()
  const at = await slider.boundingBox()
  await page.mouse.move(at.x + at.width / 2, box.y + 60)
  await page.mouse.down()
  await page.mouse.move(box.x + box.width / 2, box.y + 60, { steps: 5 })
  await page.mouse.up()
  const now = Number(await slider.getAttribute('aria-valuenow'))
  assert.ok(now > 40 && now < 60, `${now}`)
  // Held, Space shows the first picture alone.
  await page.evaluate(() => document.activeElement?.blur())
  await page.keyboard.down('Space')
  await page.locator(`.compare > .zoom img[src*="/pictures/${a}/"]`).waitFor()
  await slider.waitFor({ state: 'detached' })
  await page.keyboard.up('Space')
  await slider.waitFor()
  await page.getByRole('button', { name: 'Difference' }).click()
  await page.getByRole('status').filter({ hasText: 'of 255' }).waitFor()
  const recipe = await shown(page)
  await recipe.getByText('What differs').waitFor()
  assert.deepEqual(await recipe.locator('dt').allInnerTexts(), ['Prompt', 'Steps'])
})

both('a picture is drawn again, and is the same', async ({ server, open }) => {
  const [id] = await two()
  const page = await open(`/gallery?picture=${id}`)
  await page.getByRole('dialog').locator('.zoom img').waitFor()
  await page.getByRole('button', { name: 'Draw it again and compare' }).click()
  await page.getByText('Identical, pixel for pixel').waitFor()
  await server.idle()
})

both('a picture is deleted, and had back', async ({ server, open, size }) => {
  const page = await open('/')
  const job = await make(page, server, `not for long, ${size}`)
  await page.locator(`.stage img[src*="/pictures/${job.pictures[0]}/file"]`).waitFor()
  const film = page.locator('.film .card', { has: page.locator(`img[src*="/pictures/${job.pictures[0]}/"]`) })
  await film.waitFor()
  await page.getByRole('button', { name: 'Delete' }).click()
  await film.waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Undo' }).click()
  await film.waitFor()
  assert.equal((await server.ask(`/pictures/${job.pictures[0]}`)).prompt, `not for long, ${size}`)
  assert.equal(await prompt(page).inputValue(), `not for long, ${size}`)
})
