export const PAGES = ['make', 'gallery', 'sweep', 'plugins', 'models', 'settings', 'health'] as const
export type PageName = (typeof PAGES)[number]

const address = (page: PageName) => (page === 'make' ? '/' : `/${page}`)

/** Where one is: the page, and what the address says beside it. */
class Router {
  page = $state<PageName>('make')
  /** The picture that is open over the page. */
  picture = $state<number | undefined>()
  /** The picture that it is compared with. */
  against = $state<number | undefined>()
  /** The sweep that is shown. */
  sweep = $state<number | undefined>()
  /** How that sweep is looked at, as its surface writes it. */
  looks = $state('')

  constructor() {
    this.#read()
    window.addEventListener('popstate', () => this.#read())
  }

  href(page: PageName): string {
    return address(page)
  }

  go(page: PageName, sweep?: number) {
    this.page = page
    this.picture = undefined
    this.against = undefined
    this.sweep = sweep
    this.looks = ''
    this.#write(true)
  }

  open(picture: number) {
    const isNew = this.picture === undefined
    this.picture = picture
    this.against = undefined
    this.#write(isNew)
  }

  compare(picture: number, against: number) {
    const isNew = this.picture === undefined
    this.picture = picture
    this.against = against
    this.#write(isNew)
  }

  close() {
    this.picture = undefined
    this.against = undefined
    this.#write(false)
  }

  /** Says in the address how a sweep is looked at. */
  look(looks: string) {
    if (this.page !== 'sweep' || this.sweep === undefined || looks === this.looks) return
    this.looks = looks
    this.#write(false)
  }

  #write(adds: boolean) {
    const query = new URLSearchParams()
    if (this.picture !== undefined) query.set('picture', String(this.picture))
    if (this.against !== undefined) query.set('against', String(this.against))
    if (this.page === 'sweep' && this.sweep !== undefined) query.set('job', String(this.sweep))
    if (this.page === 'sweep' && this.sweep !== undefined && this.looks !== '') query.set('view', this.looks)
    const url = address(this.page) + (query.size > 0 ? `?${query}` : '')
    if (url === location.pathname + location.search) return
    if (adds) history.pushState(null, '', url)
    else history.replaceState(null, '', url)
  }

  #read() {
    const name = location.pathname.split('/')[1] || 'make'
    this.page = PAGES.find((page) => page === name) ?? 'make'
    const query = new URLSearchParams(location.search)
    const number = (key: string) => {
      const value = Number(query.get(key))
      return Number.isSafeInteger(value) && value > 0 ? value : undefined
    }
    this.picture = number('picture')
    this.against = number('against')
    this.sweep = number('job')
    this.looks = query.get('view') ?? ''
  }
}

export const router = new Router()
