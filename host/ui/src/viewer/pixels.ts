/** How much two pictures of one size differ, in levels from 0 to 255 of red, green and blue. */
export interface Difference {
  most: number
  mean: number
  /** Which part of the pixels differs at all, 0 to 1. */
  share: number
}

const ROWS = 64

async function bitmap(address: string): Promise<ImageBitmap> {
  const answer = await fetch(address)
  if (!answer.ok) throw new Error(`${answer.status} ${answer.statusText}`)
  return createImageBitmap(await answer.blob())
}

function reader(picture: ImageBitmap) {
  const canvas = document.createElement('canvas')
  canvas.width = picture.width
  canvas.height = ROWS
  const pen = canvas.getContext('2d', { willReadFrequently: true })
  return (from: number, rows: number): Uint8ClampedArray => {
    if (!pen) throw new Error('this browser cannot draw')
    pen.clearRect(0, 0, canvas.width, ROWS)
    pen.drawImage(picture, 0, -from)
    return pen.getImageData(0, 0, canvas.width, rows).data
  }
}

/** Compares two pictures; nothing where their sizes differ. It does a little at a time, so that the page stays quick. */
export async function difference(a: string, b: string): Promise<Difference | undefined> {
  const [one, two] = await Promise.all([bitmap(a), bitmap(b)])
  try {
    if (one.width !== two.width || one.height !== two.height) return undefined
    const { width, height } = one
    const [left, right] = [reader(one), reader(two)]
    let [most, sum, differing] = [0, 0, 0]
    for (let from = 0; from < height; from += ROWS) {
      const rows = Math.min(ROWS, height - from)
      const [p, q] = [left(from, rows), right(from, rows)]
      for (let at = 0; at < p.length; at += 4) {
        let here = 0
        for (let channel = at; channel < at + 3; channel += 1) {
          const by = Math.abs((p[channel] ?? 0) - (q[channel] ?? 0))
          sum += by
          if (by > here) here = by
        }
        if (here > 0) differing += 1
        if (here > most) most = here
      }
      await new Promise((next) => setTimeout(next))
    }
    return { most, mean: sum / (width * height * 3), share: differing / (width * height) }
  } finally {
    one.close()
    two.close()
  }
}
