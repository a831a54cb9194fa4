// A server with a data folder of its own, and a browser beside it. All tests of a run share them.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { test } from 'node:test'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { chromium } from 'playwright-core'

export const SIZES = {
  desktop: { viewport: { width: 1440, height: 900 } },
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
}
const KINDS = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' }
const BEGINS = 90_000
/** Machines that test are slow, and do other things meanwhile. */
const LONG = 60_000

/** Starts `aquatint serve` in a data folder. */
async function serve(data, port) {
  const args = ['serve', '--port', String(port), '--data', data, '--log-level', 'error']
  const plugins = process.env.AQUATINT_TEST_PLUGINS
  if (plugins) args.push('--plugins', plugins)
  const child = spawn(process.env.AQUATINT_BIN, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, AQUATINT_DATA: data },
  })
  const address = await new Promise((resolve, reject) => {
    let text = ''
    const late = setTimeout(() => reject(new Error(`the server did not begin: ${text}`)), BEGINS)
    child.stdout.on('data', (bytes) => {
      text += bytes
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(text)
      if (!found) return
      clearTimeout(late)
      resolve(found[0])
    })
    child.on('exit', (code) => reject(new Error(`the server ended with ${code}: ${text}`)))
  })
  return { child, address }
}

const ended = (child) =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve()
    else child.on('exit', resolve)
  })

let one
/** The server and the browser of this run. `stop` ends both. */
export const use = () => (one ??= begin())

/** A test at both sizes. Its page is closed behind it. */
export function both(name, run) {
  for (const size of Object.keys(SIZES)) {
    test(`${name}, ${size}`, async () => {
      const server = await use()
      const opened = []
      const open = async (path = '/', more = {}) => {
        const page = await server.open(path, size, more)
        opened.push(page)
        return page
      }
      try {
        await run({ server, open, size, isPhone: size === 'phone' })
      } catch (error) {
        await server.quiet()
        throw error
      } finally {
        for (const page of opened) await page.context().close()
      }
    })
  }
}

async function begin() {
  if (!process.env.AQUATINT_BIN) throw new Error('AQUATINT_BIN names the program that is tested')
  const data = mkdtempSync(join(tmpdir(), 'aquatint-page-'))
  const runtimes = join(process.env.AQUATINT_DATA ?? '', 'runtimes')
  if (existsSync(runtimes)) symlinkSync(runtimes, join(data, 'runtimes'))
  let server = await serve(data, 0)
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  })
  const { address } = server
  return {
    address,
    /** A page at one of the sizes. What leaves the origin, and what the console says, is noted. */
    async open(path = '/', size = 'desktop', more = {}) {
      const context = await browser.newContext({ ...SIZES[size], locale: 'en-GB', ...more })
      context.setDefaultTimeout(LONG)
      const page = await context.newPage()
      const said = []
      const strangers = []
      page.on('console', (message) => message.type() === 'error' && said.push(message.text()))
      page.on('pageerror', (error) => said.push(String(error)))
      page.on('request', (request) => {
        const url = request.url()
        if (!url.startsWith(address) && !url.startsWith('data:') && !url.startsWith('blob:')) strangers.push(url)
      })
      if (process.env.AQUATINT_PAGE_DIR) await fromFolder(page, address, process.env.AQUATINT_PAGE_DIR)
      await page.goto(path.startsWith('/') ? address + path : path)
      return Object.assign(page, { said, strangers })
    },
    ask: (path, init) => fetch(`${address}/api/v1${path}`, init).then((answer) => answer.json()),
    post(path, body) {
      const headers = { 'content-type': 'application/json' }
      return this.ask(path, { method: 'POST', headers, body: JSON.stringify(body ?? {}) })
    },
    /** Takes every job off, so that what comes next has the queue for itself. */
    async quiet() {
      await this.post('/queue/cancel')
      const { jobs } = await this.ask('/jobs?state=running')
      for (const job of jobs) await this.post(`/jobs/${job.id}/cancel`)
      await this.idle()
      await this.post('/queue/resume')
    },
    async idle() {
      await until('the queue is empty', async () => {
        const queue = await this.ask('/queue')
        return queue.running + queue.queued === 0
      })
    },
    async halt() {
      server.child.kill('SIGTERM')
      await ended(server.child)
    },
    async again() {
      server = await serve(data, Number(new URL(address).port))
    },
    async stop() {
      await browser.close()
      server.child.kill('SIGTERM')
      await ended(server.child)
      rmSync(data, { recursive: true, force: true })
    },
  }
}

/** The page as it lies in a folder, before it is built into the program. */
async function fromFolder(page, address, folder) {
  await page.route(
    (url) => url.origin === address && !url.pathname.startsWith('/api/'),
    (route) => {
      const { pathname } = new URL(route.request().url())
      const file = join(folder, extname(pathname) ? pathname : 'index.html')
      if (!existsSync(file)) return route.fulfill({ status: 404 })
      return route.fulfill({ body: readFileSync(file), contentType: KINDS[extname(file)] ?? 'text/plain' })
    },
  )
}

/** Types a prompt and draws it; gives the job that came of it. */
export async function make(page, server, text) {
  const before = (await server.ask('/jobs?limit=1')).jobs[0]?.id ?? 0
  const field = page.getByRole('textbox', { name: 'Prompt', exact: true })
  await field.fill(text)
  await field.press('Control+Enter')
  return drawn(server, before)
}

/** The newest job, once it has ended. */
export async function drawn(server, before = 0) {
  return until('a job ended', async () => {
    const [job] = (await server.ask('/jobs?limit=1')).jobs
    return job && job.id > before && !['queued', 'running'].includes(job.state) ? job : undefined
  })
}

/** Waits until `look` gives something true, and gives that. */
export async function until(what, look) {
  const last = Date.now() + 2 * LONG
  while (Date.now() < last) {
    const found = await look()
    if (found) return found
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`waited in vain until ${what}`)
}

/** The field of the prompt. */
export const prompt = (page) => page.getByRole('textbox', { name: 'Prompt', exact: true })

/** Opens all of the recipe: on a phone it is a sheet of its own. */
export async function recipe(page, isPhone) {
  if (isPhone) await page.getByRole('button', { name: 'Options' }).click()
  const fields = page.locator('.fields')
  await fields.waitFor()
  return fields
}

/** Presses Make and gives the job that was queued, without waiting for it. */
export async function queue(page, server) {
  const before = (await server.ask('/jobs?limit=1')).jobs[0]?.id ?? 0
  await page.locator('.go .main').last().click()
  return until('a job is queued', async () => {
    const [job] = (await server.ask('/jobs?limit=1')).jobs
    return job && job.id > before ? job : undefined
  })
}

/** The pixels of a picture of the server: `at(x, y)` gives red, green and blue. */
export async function pixels(page, id) {
  const { width, height, data } = await page.evaluate(async (id) => {
    const file = await (await fetch(`/api/v1/pictures/${id}/file`)).blob()
    const bitmap = await createImageBitmap(file)
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height)
    const pen = canvas.getContext('2d')
    pen.drawImage(bitmap, 0, 0)
    return { width: bitmap.width, height: bitmap.height, data: [...pen.getImageData(0, 0, bitmap.width, bitmap.height).data] }
  }, id)
  return { width, height, at: (x, y) => data.slice((y * width + x) * 4, (y * width + x) * 4 + 3) }
}

/** Lets go of a file over the page, as from a folder. */
export async function drop(page, name, type, bytes) {
  const data = await page.evaluateHandle(
    ({ name, type, base64 }) => {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))
      const transfer = new DataTransfer()
      transfer.items.add(new File([bytes], name, { type }))
      return transfer
    },
    { name, type, base64: Buffer.from(bytes).toString('base64') },
  )
  await page.dispatchEvent('main', 'dragenter', { dataTransfer: data })
  await page.dispatchEvent('main', 'drop', { dataTransfer: data })
}

/** The file of a picture. */
export async function file(server, id) {
  return Buffer.from(await (await fetch(`${server.address}/api/v1/pictures/${id}/file`)).arrayBuffer())
}
