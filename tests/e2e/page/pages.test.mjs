import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { after, before, test } from 'node:test'
import { begin, make } from './open.mjs'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const PAGES = ['/', '/gallery', '/sweep', '/plugins', '/models', '/settings', '/health']
const HOSTILE = '<img src=x onerror="window.harmed=1"><script>window.harmed=2</script>'
let server
let picture

before(async () => {
  server = await begin()
  const page = await server.open()
  picture = (await make(page, server, `a blue ball ${HOSTILE}`)).pictures[0]
  await make(page, server, 'a red apple')
  await page.context().close()
})
after(() => server.stop())

test('the first load is small, and nothing comes from elsewhere', async () => {
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

for (const size of ['desktop', 'phone']) {
  for (const colorScheme of ['light', 'dark']) {
    test(`nothing serious is in the way of anyone, ${size}, ${colorScheme}`, async () => {
      for (const path of [...PAGES, `/gallery?picture=${picture}`]) {
        const page = await server.open(path, size, { colorScheme, reducedMotion: 'reduce', bypassCSP: true })
        await page.waitForTimeout(700)
        await page.evaluate(axe)
        const found = await page.evaluate(() => window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] }))
        const bad = found.violations.filter((it) => ['serious', 'critical'].includes(it.impact))
        assert.deepEqual(bad.map((it) => `${path} ${it.id}: ${it.nodes.map((node) => node.html).join(' | ')}`), [])
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${path} fits`)
        await page.context().close()
      }
    })
  }
}

test('hostile text is text, and scripts of a text do not run', async () => {
  for (const path of ['/', '/gallery', `/gallery?picture=${picture}`]) {
    const page = await server.open(path)
    await page.waitForTimeout(700)
    assert.equal(await page.evaluate(() => window.harmed), undefined)
    const ran = await page.evaluate(() => {
      const script = document.createElement('script')
      script.textContent = 'window.harmed = 3'
      document.body.append(script)
      return window.harmed
    })
    assert.equal(ran, undefined, 'the policy of the page stops scripts that are in its text')
    await page.context().close()
  }
})

test('the gallery finds, opens, deletes and gives back', async () => {
  const page = await server.open('/gallery')
  await page.locator('.cell').nth(1).waitFor()
  await page.getByRole('searchbox').fill('apple')
  await page.waitForFunction(() => document.querySelectorAll('.cell').length === 1)
  await page.locator('.cell .card').click()
  await page.locator('dialog').waitFor()
  assert.match(page.url(), /picture=\d+/)
  await page.keyboard.press('Delete')
  await page.waitForFunction(() => document.querySelectorAll('.cell').length === 0)
  await page.getByRole('button', { name: 'Undo' }).click()
  await page.waitForFunction(() => document.querySelectorAll('.cell').length === 1)
  await page.context().close()
})

test('a key puts exactly one field of a picture into the form', async () => {
  const page = await server.open('/')
  const field = page.getByRole('textbox', { name: 'Prompt', exact: true })
  await page.locator('.film li').first().waitFor()
  await field.fill('mine')
  await page.locator('.film .card').first().click()
  await page.keyboard.press('s')
  const seed = (await server.ask('/pictures?limit=1')).pictures[0].seed
  await page.waitForFunction((wanted) => document.querySelector('.seed input')?.value === String(wanted), seed)
  assert.equal(await field.inputValue(), 'mine')
  await page.keyboard.press('p')
  await page.waitForFunction(() => document.querySelector('textarea')?.value === 'a red apple')
  await page.context().close()
})

test('keys of one letter can be turned off', async () => {
  const page = await server.open('/settings')
  await page.getByRole('switch', { name: 'Keys of one letter' }).click()
  await page.evaluate(() => document.activeElement?.blur?.())
  await page.keyboard.press('q')
  assert.equal(await page.locator('aside[aria-label="Queue"]').count(), 0)
  await page.context().close()
})

test('a sweep is planned, drawn and looked at', async () => {
  const page = await server.open('/sweep')
  await page.getByRole('textbox', { name: 'Values' }).fill('2, 4')
  await page.locator('.plan .cells b', { hasText: /^2$/ }).waitFor()
  await page.getByRole('textbox', { name: 'Values' }).fill('2, nothing')
  await page.locator('.plan .error').waitFor()
  await page.getByRole('textbox', { name: 'Values' }).fill('2, 4')
  await page.getByRole('button', { name: 'Start' }).click()
  await page.locator('.cell img').nth(1).waitFor({ timeout: 60_000 })
  const url = page.url()
  assert.match(url, /\/sweep\?job=\d+/)
  await page.reload()
  await page.locator('.cell img').nth(1).waitFor()
  await page.locator('.cell button').first().click()
  await page.getByRole('button', { name: 'Open in Make' }).click()
  await page.getByText('Restored').waitFor()
  await page.context().close()
})

test('the commands are a key away, and the page speaks German', async () => {
  const page = await server.open('/', 'desktop', { locale: 'de-DE' })
  await page.locator('nav a').first().waitFor()
  assert.equal(await page.evaluate(() => document.documentElement.lang), 'de')
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: 'Was möchten Sie tun?' }).fill('galerie')
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/gallery$/)
  await page.context().close()
})
