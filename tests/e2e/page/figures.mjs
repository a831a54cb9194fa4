// Measures what the checks of the page ask for, and prints it: `npm run figures`. It fails over nothing; README.md has the figures.
import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { prompt, until, use } from './open.mjs'

const server = await use()
const rows = []
const told = (check, what, value, wanted) => {
  rows.push([check, what, value, wanted])
  console.log(`${check}\t${what}\t${value}\t(wanted ${wanted})`)
}
const ms = (value) => `${Math.round(value)} ms`
const quantile = (list, share) => [...list].sort((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * share))] ?? 0

/** A page on a processor that is as much slower. `before` runs in it before anything of the page does. */
async function slowed(path, times, before) {
  const page = await server.open('about:blank', 'desktop')
  if (before) await page.addInitScript(before)
  const tools = await page.context().newCDPSession(page)
  await tools.send('Emulation.setCPUThrottlingRate', { rate: times })
  return { page, tools, go: () => page.goto(server.address + path) }
}

async function firstLoad() {
  const page = await server.open('/')
  await prompt(page).waitFor()
  const names = await page.evaluate(() => performance.getEntriesByType('resource').map((it) => it.name))
  const folder = process.env.AQUATINT_PAGE_DIR
  for (const [end, wanted] of [['js', 150], ['css', 25]]) {
    let bytes = 0
    for (const name of names.filter((it) => it.endsWith(`.${end}`))) {
      const { pathname } = new URL(name)
      const text = folder ? readFileSync(join(folder, pathname)) : Buffer.from(await (await fetch(name)).arrayBuffer())
      bytes += gzipSync(text).length
    }
    told(1, `first load, .${end}, compressed`, `${(bytes / 1000).toFixed(1)} kB`, `<= ${wanted} kB`)
  }
  told(1, 'requests to elsewhere', page.strangers.length, 0)
  await page.context().close()
  if (folder) {
    const files = readdirSync(join(folder, 'assets')).map((name) => join(folder, 'assets', name))
    const all = files.filter((name) => statSync(name).isFile()).reduce((sum, name) => sum + gzipSync(readFileSync(name)).length, 0)
    told(1, 'the whole page, compressed', `${(all / 1000).toFixed(1)} kB`, '<= 450 kB')
  }
}

async function begins() {
  const { page, go } = await slowed('/', 4, () => {
    window.seen = { lcp: 0, cls: 0, long: [], events: [] }
    new PerformanceObserver((list) => list.getEntries().forEach((it) => (window.seen.lcp = it.startTime))).observe({ type: 'largest-contentful-paint', buffered: true })
    new PerformanceObserver((list) => list.getEntries().forEach((it) => (window.seen.cls += it.value))).observe({ type: 'layout-shift', buffered: true })
    new PerformanceObserver((list) => list.getEntries().forEach((it) => window.seen.long.push([it.startTime, it.duration]))).observe({ type: 'longtask', buffered: true })
    new PerformanceObserver((list) => list.getEntries().forEach((it) => window.seen.events.push(it.duration))).observe({ type: 'event', durationThreshold: 16, buffered: true })
  })
  await go()
  const field = prompt(page)
  await field.waitFor()
  await field.press('a')
  const keys = await page.evaluate(() => performance.now())
  told(2, 'prompt takes keys, 4x', ms(keys), '<= 1000 ms')
  await page.waitForTimeout(1500)
  const { lcp, cls } = await page.evaluate(() => window.seen)
  told(2, 'largest paint, 4x', ms(lcp), '<= 1500 ms')
  told(2, 'layout shift', cls.toFixed(3), '<= 0.02')
  const { limits } = await server.ask('/server')
  const { id } = await server.post('/jobs', { request: { prompt: 'streams', steps: limits.steps, batch: 4 } })
  await page.locator('.progress').waitFor()
  const from = await page.evaluate(() => ((window.seen.events = []), performance.now()))
  await field.pressSequentially('x'.repeat(200), { delay: 50 })
  const { long, events } = await page.evaluate(() => window.seen)
  const tasks = long.filter(([at]) => at > from).map(([, length]) => length)
  told(3, 'longest task while 200 letters are typed, 4x', ms(Math.max(0, ...tasks)), '<= 50 ms')
  told(3, 'key to paint, 95 %, 4x (events under 16 ms are not counted)', ms(quantile(events, 0.95)), '<= 50 ms')
  await server.post(`/jobs/${id}/cancel`)
  await server.idle()
  await page.context().close()
}

async function queues() {
  const page = await server.open('/')
  await prompt(page).waitFor()
  await server.post('/queue/pause')
  const [card] = await page.evaluate(() => {
    const field = document.querySelector('textarea')
    return new Promise((resolve) => {
      const from = performance.now()
      const watch = new MutationObserver(() => {
        if (document.querySelector('.film .job')) resolve([performance.now() - from])
      })
      watch.observe(document.body, { childList: true, subtree: true })
      field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', ctrlKey: true, bubbles: true }))
    })
  })
  told(4, 'Ctrl+Enter to its card', ms(card), '<= 100 ms')
  for (let at = 1; at < 100; at += 1) await server.post('/jobs', { request: { prompt: `number ${at}`, steps: 1 } })
  await until('all are seen', () => page.evaluate(() => document.querySelector('nav b')?.textContent === '99+'))
  await page.reload()
  await page.waitForFunction(() => document.querySelector('nav b')?.textContent === '99+')
  told(5, 'a queue of 100 after a reload', ms(await page.evaluate(() => performance.now())), '<= 1000 ms')
  await server.quiet()
  await page.context().close()
}

async function memory() {
  const { page, tools, go } = await slowed('/', 1, () => {
    window.blobs = 0
    const [make, drop] = [URL.createObjectURL, URL.revokeObjectURL]
    URL.createObjectURL = (it) => ((window.blobs += 1), make.call(URL, it))
    URL.revokeObjectURL = (it) => ((window.blobs -= 1), drop.call(URL, it))
  })
  await go()
  await prompt(page).waitFor()
  const heap = async () => {
    await tools.send('HeapProfiler.collectGarbage')
    return (await tools.send('Runtime.getHeapUsage')).usedSize / 1e6
  }
  const many = Number(process.env.FIGURE_JOBS ?? 60)
  const draw = async (from, to) => {
    for (let at = from; at < to; at += 1) await server.post('/jobs', { request: { prompt: `memory ${at}`, steps: 1 } })
    await server.idle()
  }
  await draw(0, 10)
  const before = await heap()
  await draw(10, many)
  told(9, `heap from job 10 to job ${many}`, `${(await heap() - before).toFixed(1)} MB more`, '<= 20 MB from 50 to 500')
  told(9, 'live Blob URLs', await page.evaluate(() => window.blobs), 0)
  await page.context().close()
}

/** A gallery of many pictures that nobody drew: the answers are made up here. */
async function gallery(many) {
  const [sample] = (await server.ask('/pictures?limit=1')).pictures
  const { page, tools } = await slowed('/', 1)
  await page.route('**/api/v1/pictures?*', (route) => {
    const query = new URL(route.request().url()).searchParams
    const [from, limit] = [Number(query.get('after') ?? 0), Number(query.get('limit'))]
    const pictures = Array.from({ length: Math.min(limit, many - from) }, (_, at) => ({ ...sample, id: many - from - at }))
    const next = from + limit < many ? String(from + limit) : null
    return route.fulfill({ json: { pictures, next } })
  })
  const thumbnail = Buffer.from(await (await fetch(`${server.address}/api/v1/pictures/${sample.id}/thumbnail?size=256`)).arrayBuffer())
  await page.route('**/thumbnail?*', (route) => route.fulfill({ body: thumbnail, contentType: 'image/png' }))
  await page.goto(`${server.address}/gallery`)
  await page.waitForFunction(() => [...document.querySelectorAll('.cell img')].some((it) => it.complete && it.naturalWidth > 0))
  told(10, `${many} pictures: first thumbnails`, ms(await page.evaluate(() => performance.now())), '<= 800 ms')
  const box = page.locator('.box')
  let nodes = 0
  for (let turn = 0; turn < 40; turn += 1) {
    await box.evaluate((element) => (element.scrollTop = element.scrollHeight))
    await page.waitForTimeout(60)
    nodes = Math.max(nodes, await page.evaluate(() => document.querySelectorAll('.box *').length))
  }
  await tools.send('HeapProfiler.collectGarbage')
  const { usedSize } = await tools.send('Runtime.getHeapUsage')
  told(10, 'nodes of the grid at most', nodes, '<= 1500')
  told(10, 'heap', `${(usedSize / 1e6).toFixed(1)} MB`, '<= 120 MB')
  const reached = await page.locator('.cell .card').last().getAttribute('data-at')
  told(12, 'index reached after 40 ends of the bar', Number(reached) + 1, many)
  await page.context().close()
}

for (const measure of [firstLoad, begins, queues, memory, () => gallery(100_000)]) {
  try {
    await measure()
  } catch (error) {
    console.log(`not measured: ${error.message}`)
    await server.quiet()
  }
}
await server.stop()
