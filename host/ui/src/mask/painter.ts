export interface Brush {
  size: number
  erases: boolean
  soft: boolean
}

const MOST = 40

/** A mask of white on black, with what was done to it. It is as large as the picture. */
export class Painter {
  readonly canvas: HTMLCanvasElement
  #pen: CanvasRenderingContext2D
  #past: ImageData[] = []
  #future: ImageData[] = []
  #last: { x: number; y: number } | undefined

  constructor(
    readonly width: number,
    readonly height: number,
    readonly changed: () => void,
  ) {
    this.canvas = document.createElement('canvas')
    this.canvas.width = width
    this.canvas.height = height
    const pen = this.canvas.getContext('2d', { willReadFrequently: true })
    if (!pen) throw new Error('this browser cannot draw')
    this.#pen = pen
  }

  get canUndo(): boolean {
    return this.#past.length > 0
  }

  get canRedo(): boolean {
    return this.#future.length > 0
  }

  /** Whether nothing is masked. */
  get empty(): boolean {
    return !this.#read().data.some((value, at) => at % 4 === 3 && value > 8)
  }

  /** Takes up a mask of white on black. */
  load(image: CanvasImageSource) {
    this.#pen.drawImage(image, 0, 0, this.width, this.height)
    const pixels = this.#read()
    for (let at = 0; at < pixels.data.length; at += 4) {
      pixels.data[at + 3] = ((pixels.data[at] ?? 0) * (pixels.data[at + 3] ?? 0)) / 255
      pixels.data.fill(255, at, at + 3)
    }
    this.#pen.putImageData(pixels, 0, 0)
    this.changed()
  }

  begin(x: number, y: number, brush: Brush) {
    this.#keep()
    this.#last = { x, y }
    this.to(x, y, brush)
  }

  to(x: number, y: number, brush: Brush) {
    const from = this.#last ?? { x, y }
    const pen = this.#pen
    pen.globalCompositeOperation = brush.erases ? 'destination-out' : 'source-over'
    pen.strokeStyle = '#fff'
    pen.lineWidth = brush.size
    pen.lineCap = 'round'
    pen.lineJoin = 'round'
    pen.beginPath()
    pen.moveTo(from.x, from.y)
    pen.lineTo(x + 0.01, y)
    pen.stroke()
    this.#last = { x, y }
    this.changed()
  }

  end() {
    this.#last = undefined
  }

  fill() {
    this.#keep()
    this.#pen.globalCompositeOperation = 'source-over'
    this.#pen.fillStyle = '#fff'
    this.#pen.fillRect(0, 0, this.width, this.height)
    this.changed()
  }

  clear() {
    this.#keep()
    this.#pen.clearRect(0, 0, this.width, this.height)
    this.changed()
  }

  invert() {
    this.#keep()
    const pen = this.#pen
    pen.globalCompositeOperation = 'source-out'
    pen.fillStyle = '#fff'
    pen.fillRect(0, 0, this.width, this.height)
    this.changed()
  }

  undo() {
    this.#swap(this.#past, this.#future)
  }

  redo() {
    this.#swap(this.#future, this.#past)
  }

  /** White where the picture may change, black elsewhere. */
  result(): HTMLCanvasElement {
    const flat = document.createElement('canvas')
    flat.width = this.width
    flat.height = this.height
    const pen = flat.getContext('2d')
    if (pen) {
      pen.fillStyle = '#000'
      pen.fillRect(0, 0, this.width, this.height)
      pen.drawImage(this.canvas, 0, 0)
    }
    return flat
  }

  #read(): ImageData {
    return this.#pen.getImageData(0, 0, this.width, this.height)
  }

  #keep() {
    this.#past.push(this.#read())
    if (this.#past.length > MOST) this.#past.shift()
    this.#future = []
  }

  #swap(from: ImageData[], to: ImageData[]) {
    const state = from.pop()
    if (!state) return
    to.push(this.#read())
    this.#pen.putImageData(state, 0, 0)
    this.changed()
  }
}
