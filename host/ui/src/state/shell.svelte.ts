/** What is open around the page. */
class Shell {
  queue = $state(false)
  palette = $state(false)
  keys = $state(false)
  /** On a narrow window: whether all of what is to be drawn is shown. */
  recipe = $state(false)
  /** The upload whose mask is painted. */
  mask = $state(false)
}

export const shell = new Shell()
