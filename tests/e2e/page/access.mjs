// For everyone: small, from one place, text that is text, keys, contrast.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { examineAll, picture } from './axe.mjs'
import { use } from './open.mjs'

const server = await use()

test('the first load is small, and nothing comes from elsewhere', async () => {
  await picture()
  const page = await server.open('/')
  await page.locator('.film li').first().waitFor()
  const sizes = await page.evaluate(() => {
    const of = (end) =>
      performance.getEntriesByType('resource').filter((it) => it.name.endsWith(end)).reduce((sum, it) => sum + it.decodedBodySize, 0)
    return { js: of('.js'), css: of('.css') }
  })
  // Not compressed: what is sent compressed is less.
  assert.ok(sizes.js > 0 && sizes.js <= 450_000, `${sizes.js} bytes of scripts`)
  assert.ok(sizes.css > 0 && sizes.css <= 60_000, `${sizes.css} bytes of styles`)
  assert.deepEqual(page.strangers, [])
  await page.context().close()
})

test('nothing serious is in the way of anyone, desktop, light', () => examineAll('desktop', 'light'))
test('nothing serious is in the way of anyone, phone, dark', () => examineAll('phone', 'dark'))

test('hostile text is text, and scripts of a text do not run', async () => {
  const id = await picture()
  for (const [path, shows] of [['/', '.film .card'], ['/gallery', '.cell .card'], [`/gallery?picture=${id}`, 'dialog .recipe']]) {
    const page = await server.open(path)
    await page.locator(shows).first().waitFor()
    const ran = await page.evaluate(() => {
      const script = document.createElement('script')
      script.textContent = 'window.harmed = 3'
      document.body.append(script)
      return window.harmed
    })
    assert.equal(ran, undefined, 'the policy of the page stops scripts that are in its text')
    await page.context().close()
  }
  const page = await server.open(`/gallery?picture=${id}`)
  await page.locator('dialog .recipe', { hasText: '<script>window.harmed=2</script>' }).waitFor()
  await page.context().close()
})

test('keys of one letter can be turned off, and do nothing in a text', async () => {
  const page = await server.open('/settings')
  await page.getByRole('switch', { name: 'Keys of one letter' }).waitFor()
  await page.keyboard.press('q')
  await page.getByRole('complementary', { name: 'Queue' }).waitFor()
  await page.keyboard.press('q')
  await page.getByRole('complementary', { name: 'Queue' }).waitFor({ state: 'detached' })
  await page.getByRole('searchbox').press('q')
  assert.equal(await page.getByRole('searchbox').inputValue(), 'q')
  assert.equal(await page.getByRole('complementary', { name: 'Queue' }).count(), 0)
  await page.getByRole('searchbox').fill('')
  await page.getByRole('switch', { name: 'Keys of one letter' }).click()
  await page.evaluate(() => document.activeElement?.blur?.())
  await page.keyboard.press('q')
  assert.equal(await page.getByRole('complementary', { name: 'Queue' }).count(), 0)
  await page.context().close()
})

test('the page speaks German, and a key finds its commands', async () => {
  const page = await server.open('/', 'desktop', { locale: 'de-DE' })
  await page.locator('nav a').first().waitFor()
  assert.equal(await page.evaluate(() => document.documentElement.lang), 'de')
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: 'Was möchten Sie tun?' }).fill('galerie')
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/gallery$/)
  await page.context().close()
})
