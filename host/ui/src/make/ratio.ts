export const RATIOS: readonly [number, number][] = [
  [1, 1],
  [4, 3],
  [3, 4],
  [3, 2],
  [2, 3],
  [16, 9],
  [9, 16],
]

const STEP = 8

/** The sides of a picture of about this many pixels, in multiples of eight. */
export function sides(area: number, wide: number, high: number): { width: number; height: number } {
  const unit = Math.sqrt(area / (wide * high))
  const side = (parts: number) => Math.max(STEP, Math.round((parts * unit) / STEP) * STEP)
  return { width: side(wide), height: side(high) }
}
