// Which prompts there are, and where their pictures stand.

/**
 * The prompts of a matrix: every combination of the parts of `text`, which are between `|`. The order is A1111's: counted
 * in binary, the first of the parts that come and go changes with every prompt.
 *
 * @param {string} text
 * @param {{ fixed: number, atStart: boolean, join: string }} options `fixed` counts from 1; 0, or a part that there is
 *   not, is none
 * @returns {string[]}
 */
export function combinations(text, { fixed, atStart, join }) {
  const parts = text.split("|").map((part) => part.trim());
  const always = parts.splice(fixed - 1, fixed >= 1 ? 1 : 0);
  const changing = parts.filter((part) => part !== "");
  const prompts = [];
  for (let bits = 0; bits < 2 ** changing.length; bits++) {
    const chosen = changing.filter((_, index) => bits & (1 << index));
    const all = atStart ? [...chosen, ...always] : [...always, ...chosen];
    prompts.push(all.filter((part) => part !== "").join(join));
  }
  return prompts;
}

/**
 * How many parts come and go: there are 2 to that power of combinations.
 *
 * @param {string} text
 * @param {number} fixed
 */
export function changingParts(text, fixed) {
  const parts = text.split("|");
  return parts.filter((part, index) => index !== fixed - 1 && part.trim() !== "").length;
}

/**
 * Rows and columns for a matrix of one prompt with 2^n combinations: as square as may be, wider if it cannot be.
 *
 * @param {number} count
 * @returns {{ rows: number, columns: number }}
 */
export function shape(count) {
  const rows = 2 ** Math.floor(Math.log2(count) / 2);
  return { rows, columns: count / rows };
}

/**
 * Places and size of a grid. Cells become smaller if it would be larger than a picture may be.
 *
 * @param {{ rows: number, columns: number }} shape
 * @param {{ width: number, height: number }} cell
 * @param {number} margin between the cells
 * @param {{ side: number, pixels: number }} most
 */
export function layout({ rows, columns }, cell, margin, most) {
  const whole = (/** @type {number} */ scale) => {
    const width = Math.max(1, Math.floor(cell.width * scale));
    const height = Math.max(1, Math.floor(cell.height * scale));
    return {
      width,
      height,
      gridWidth: columns * width + (columns - 1) * margin,
      gridHeight: rows * height + (rows - 1) * margin,
    };
  };
  const fits = ({ gridWidth = 0, gridHeight = 0 }) =>
    gridWidth <= most.side && gridHeight <= most.side && gridWidth * gridHeight <= most.pixels;
  let scale = 1;
  let sizes = whole(scale);
  while (!fits(sizes) && scale > 1e-4) {
    scale *= 0.9;
    sizes = whole(scale);
  }
  const places = [];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      places.push({ x: column * (sizes.width + margin), y: row * (sizes.height + margin) });
    }
  }
  return { ...sizes, places };
}
