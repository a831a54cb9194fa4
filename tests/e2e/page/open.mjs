// A server of its own for each file of tests, and a browser beside it.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { chromium } from 'playwright-core'

export const SIZES = {
  desktop: { viewport: { width: 1440, height: 900 } },
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
}
const KINDS = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' }
const BEGINS = 60_000

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

/** A server and a browser. `stop` ends both. */
export async function begin() {
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
      await page.goto(address + path)
      return Object.assign(page, { said, strangers })
    },
    ask: (path, init) => fetch(`${address}/api/v1${path}`, init).then((answer) => answer.json()),
    post(path, body) {
      const headers = { 'content-type': 'application/json' }
      return this.ask(path, { method: 'POST', headers, body: JSON.stringify(body ?? {}) })
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
export async function make(page, server, prompt) {
  const before = (await server.ask('/jobs?limit=1')).jobs[0]?.id ?? 0
  const field = page.getByRole('textbox', { name: 'Prompt', exact: true })
  await field.fill(prompt)
  await field.press('Control+Enter')
  return drawn(server, before)
}

/** The newest job, once it has ended. */
export async function drawn(server, before = 0) {
  const until = Date.now() + 120_000
  while (Date.now() < until) {
    const [job] = (await server.ask('/jobs?limit=1')).jobs
    if (job && job.id > before && !['queued', 'running'].includes(job.state)) return job
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error('no job ended')
}
