// What axe says of a page.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { drawn, use } from './open.mjs'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
/** The pages, and what is seen of each once it shows what it has. */
const PAGES = {
  '/': '.stage .zoom img',
  '/gallery': '.cell img',
  '/sweep': '.plan b',
  '/plugins': '.add',
  '/models': 'li.card',
  '/settings': '.item',
  '/health': '.tiles',
}
const HOSTILE = '<img src=x onerror="window.harmed=1"><script>window.harmed=2</script>'
let hostile

/** A picture whose prompt is hostile. */
export async function picture() {
  const server = await use()
  if (hostile) return hostile
  const { id } = await server.post('/jobs', { request: { prompt: `a blue ball ${HOSTILE}`, negative: HOSTILE, steps: 1 } })
  hostile = (await drawn(server, id - 1)).pictures[0]
  return hostile
}

/** Asks axe about a page, once it shows `ready`. */
async function examine(path, ready, size, colorScheme) {
  const server = await use()
  const page = await server.open(path, size, { colorScheme, reducedMotion: 'reduce', bypassCSP: true })
  await page.locator(ready).first().waitFor()
  await page.evaluate(axe)
  const found = await page.evaluate(() => window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] }))
  const bad = found.violations.filter((it) => ['serious', 'critical'].includes(it.impact))
  assert.deepEqual(bad.map((it) => `${path} ${it.id}: ${it.nodes.map((node) => node.html).join(' | ')}`), [])
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${path} fits`)
  await page.context().close()
}

/** All pages, and a picture in large. */
export async function examineAll(size, colorScheme) {
  const large = `/gallery?picture=${await picture()}`
  for (const [path, ready] of [...Object.entries(PAGES), [large, 'dialog .tools']]) await examine(path, ready, size, colorScheme)
}
