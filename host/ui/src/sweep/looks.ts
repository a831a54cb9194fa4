/** How a sweep is looked at. */
export interface Looks {
  /** Pixels of a cell's side. */
  side: number
  /** Which axis goes across, which down, then the others; empty is as they are. */
  order: number[]
  /** Which value of each axis is shown. */
  at: number[]
  scroll: { left: number; top: number }
  /** The cell that is open. */
  cell: number | undefined
}

const LEAST = 40
const MOST = 512
const USUAL = 160

const list = (text: string | undefined) =>
  (text ?? '')
    .split('-')
    .filter((part) => /^\d{1,7}$/.test(part))
    .map(Number)

/** Reads `160,1-0,0-0-2,0-340,17`: side, order, values, scroll, cell. What cannot be read is as usual. */
export function readLooks(text: string): Looks {
  const [side, order, at, scroll, cell] = text.split(',').map(list)
  const [left = 0, top = 0] = scroll ?? []
  return {
    side: Math.min(MOST, Math.max(LEAST, side?.[0] ?? USUAL)),
    order: order ?? [],
    at: at ?? [],
    scroll: { left, top },
    cell: cell?.[0],
  }
}

/** Nothing where it is looked at as usual. */
export function writeLooks({ side, order, at, scroll, cell }: Looks): string {
  const place = scroll.left > 0 || scroll.top > 0 ? `${Math.round(scroll.left)}-${Math.round(scroll.top)}` : ''
  const parts = [side === USUAL ? '' : String(side), order.join('-'), at.map((it) => it ?? 0).join('-'), place, cell ?? '']
  const text = parts.join(',')
  return /^,*$/.test(text) ? '' : text
}
