/** What is put in the place of `from..to`, and what is selected then. */
export interface Weighted {
  from: number
  to: number
  text: string
  start: number
  end: number
}

const GROUP = /\(([^()]*):(-?\d+(?:\.\d+)?)\)/g

/** Changes the weight of what is selected, or of the word at the cursor, by `by`. */
export function weighted(text: string, start: number, end: number, by: number): Weighted | undefined {
  for (const match of text.matchAll(GROUP)) {
    const from = match.index
    const to = from + match[0].length
    if (start < from || end > to) continue
    return put(from, to, match[1] ?? '', Number(match[2]) + by)
  }
  let [from, to] = [start, end]
  if (from === to) {
    while (from > 0 && !/[\s,()<>[\]]/.test(text[from - 1]!)) from -= 1
    while (to < text.length && !/[\s,()<>[\]]/.test(text[to]!)) to += 1
  }
  while (from < to && /\s/.test(text[from]!)) from += 1
  while (to > from && /\s/.test(text[to - 1]!)) to -= 1
  return from === to ? undefined : put(from, to, text.slice(from, to), 1 + by)
}

function put(from: number, to: number, inner: string, weight: number): Weighted {
  const rounded = Math.round(weight * 100) / 100
  if (rounded === 1) return { from, to, text: inner, start: from, end: from + inner.length }
  return { from, to, text: `(${inner}:${rounded})`, start: from + 1, end: from + 1 + inner.length }
}
