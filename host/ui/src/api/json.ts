// Seeds have 64 bits, and JavaScript's numbers 53: a larger one is kept as its digits, as text.

interface Source {
  source?: string
}

type Raw = { rawJSON?: (text: string) => unknown }

const DIGITS = /^\d{16,20}$/

/** Reads JSON; whole numbers that would lose digits become texts. */
export function parse(text: string): unknown {
  const revive = (_key: string, value: unknown, context?: Source) =>
    typeof value === 'number' && !Number.isSafeInteger(value) && context?.source && DIGITS.test(context.source)
      ? context.source
      : value
  return JSON.parse(text, revive as (key: string, value: unknown) => unknown)
}

/** A seed as it goes into JSON. */
export function seedValue(text: string): number | undefined {
  const digits = text.trim()
  if (!/^\d{1,20}$/.test(digits)) return undefined
  const value = Number(digits)
  if (Number.isSafeInteger(value)) return value
  const raw = (JSON as unknown as Raw).rawJSON
  return (raw ? raw(digits) : value) as number
}
