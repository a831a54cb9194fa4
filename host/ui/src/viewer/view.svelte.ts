const MARGIN = 20
const LEAST = 0.05
const MOST = 32

interface Size {
  width: number
  height: number
}

/** Where one looks at a picture from: wheel, drag, pinch. Several pictures may share it. */
export class View {
  /** How much larger than fitting; 1 fits. */
  zoom = $state(1)
  /** The middle of the window, in shares of the picture. */
  x = $state(0.5)
  y = $state(0.5)
  #box = $state<Size>({ width: 0, height: 0 })

  get zoomed(): boolean {
    return this.zoom > 1.001
  }

  #fitting({ width, height }: Size): number {
    const free = (side: number) => Math.max(side - 2 * MARGIN, 16)
    return Math.min(free(this.#box.width) / width, free(this.#box.height) / height, 8)
  }

  /** Pixels of the window for one of the picture. */
  scale(width: number, height: number): number {
    return this.#fitting({ width, height }) * this.zoom
  }

  transform(width: number, height: number): string {
    const scale = this.scale(width, height)
    const left = this.#box.width / 2 - this.x * width * scale
    const top = this.#box.height / 2 - this.y * height * scale
    return `translate(${left}px, ${top}px) scale(${scale})`
  }

  fit() {
    this.zoom = 1
    this.x = 0.5
    this.y = 0.5
  }

  /** One pixel of the picture is one of the window. */
  whole(width: number, height: number) {
    this.zoom = 1 / this.#fitting({ width, height })
    this.#bound({ width, height })
  }

  toggle(width: number, height: number) {
    if (this.zoomed) this.fit()
    else this.whole(width, height)
  }

  /** Zooms so that what is under the point stays there. */
  at(factor: number, px: number, py: number, size: Size) {
    const before = this.scale(size.width, size.height)
    const fitting = this.#fitting(size)
    this.zoom = Math.min(MOST / fitting, Math.max(Math.min(1, LEAST / fitting), this.zoom * factor))
    if (this.zoom < 1) this.zoom = 1
    const after = this.scale(size.width, size.height)
    const [dx, dy] = [px - this.#box.width / 2, py - this.#box.height / 2]
    this.x += (dx / before - dx / after) / size.width
    this.y += (dy / before - dy / after) / size.height
    this.#bound(size)
  }

  move(dx: number, dy: number, size: Size) {
    const scale = this.scale(size.width, size.height)
    this.x -= dx / scale / size.width
    this.y -= dy / scale / size.height
    this.#bound(size)
  }

  #bound(size: Size) {
    const scale = this.scale(size.width, size.height)
    const within = (at: number, side: number, box: number) => {
      const half = box / 2 / (side * scale)
      return half >= 0.5 ? 0.5 : Math.min(1 - half + 0.1, Math.max(half - 0.1, at))
    }
    this.x = within(this.x, size.width, this.#box.width)
    this.y = within(this.y, size.height, this.#box.height)
  }

  /** Listens to wheel, pointers and the size of an element. */
  handle = (size: () => Size) => (element: HTMLElement) => {
    const watch = new ResizeObserver(() => {
      this.#box = { width: element.clientWidth, height: element.clientHeight }
    })
    watch.observe(element)
    const points = new Map<number, PointerEvent>()
    const wheel = (event: WheelEvent) => {
      event.preventDefault()
      const box = element.getBoundingClientRect()
      this.at(Math.exp(-event.deltaY * 0.0016), event.clientX - box.left, event.clientY - box.top, size())
    }
    const down = (event: PointerEvent) => {
      if (event.button !== 0) return
      points.set(event.pointerId, event)
      element.setPointerCapture(event.pointerId)
    }
    const move = (event: PointerEvent) => {
      const before = points.get(event.pointerId)
      if (!before) return
      const other = [...points.values()].find((it) => it.pointerId !== event.pointerId)
      if (other) {
        const box = element.getBoundingClientRect()
        const apart = (a: PointerEvent) => Math.hypot(a.clientX - other.clientX, a.clientY - other.clientY)
        const [cx, cy] = [(event.clientX + other.clientX) / 2 - box.left, (event.clientY + other.clientY) / 2 - box.top]
        this.at(apart(event) / Math.max(apart(before), 1), cx, cy, size())
      } else if (this.zoomed) this.move(event.clientX - before.clientX, event.clientY - before.clientY, size())
      points.set(event.pointerId, event)
    }
    const up = (event: PointerEvent) => points.delete(event.pointerId)
    element.addEventListener('wheel', wheel, { passive: false })
    element.addEventListener('pointerdown', down)
    element.addEventListener('pointermove', move)
    element.addEventListener('pointerup', up)
    element.addEventListener('pointercancel', up)
    return () => {
      watch.disconnect()
      element.removeEventListener('wheel', wheel)
    }
  }
}
