/** What is open around the page. */
class Shell {
  queue = $state(false)
  palette = $state(false)
  keys = $state(false)
  /** On a narrow window: whether all of what is to be drawn is shown. */
  recipe = $state(false)
  /** Whether a mask is painted. */
  mask = $state(false)
  /** The dialogs that are open, the topmost last. */
  dialogs = $state<number[]>([])
}

export const shell = new Shell()
