import type { Cell, Plan } from '../api/client'

type Values = { label: string; value: unknown }[]

export interface LaidAxis {
  /** Which of the sweep's axes. */
  axis: number
  name: string
  label: string
  values: Values
  /** Which value is shown, where the axis goes neither across nor down. */
  at: number
}

export interface Laid {
  across: LaidAxis | undefined
  down: LaidAxis | undefined
  others: LaidAxis[]
  /** The cell in a column and a row. */
  cell: (column: number, row: number) => Cell | undefined
}

const id = (value: unknown) => JSON.stringify(value)

/** Says which cell lies where: the first axis of `order` goes across, the second down, the others are steps. */
export function layOut(axes: Plan['axes'], cells: Cell[], order: number[], at: number[]): Laid {
  const turns = order.length === axes.length ? order : axes.map((_, index) => index)
  const laid = turns.map((index): LaidAxis => {
    const axis = axes[index]!
    const values: Values = axis.values.map(({ label, value }) => ({ label, value }))
    const known = new Set(values.map(({ value }) => id(value)))
    // Values that are drawn by lot are others here than in the plan.
    const strange = cells.map((cell) => (cell.coordinates as Record<string, unknown>)[axis.name])
    const drawn = [...new Map(strange.filter((it) => it !== undefined && !known.has(id(it))).map((it) => [id(it), it])).values()]
    const own = drawn.length > 0 && drawn.length === values.length ? drawn.map((value) => ({ label: String(value), value })) : values
    return { axis: index, name: axis.name, label: axis.label, values: own, at: Math.min(at[index] ?? 0, Math.max(0, own.length - 1)) }
  })
  const [across, down, ...others] = laid
  const table = new Map<string, Cell>()
  const key = (values: unknown[]) => values.map(id).join('\n')
  for (const cell of cells) {
    const coordinates = cell.coordinates as Record<string, unknown>
    table.set(key(laid.map((axis) => coordinates[axis.name])), cell)
  }
  const fixed = others.map((axis) => axis.values[axis.at]?.value)
  return {
    across,
    down,
    others,
    cell: (column, row) => {
      const values = [across?.values[column]?.value, ...(down ? [down.values[row]?.value] : []), ...fixed]
      return table.get(key(across ? values : []))
    },
  }
}
