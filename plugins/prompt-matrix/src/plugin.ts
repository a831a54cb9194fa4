import { type Job, Picture, Problem, type Ticket, definePlugin, generate } from "@aquatint/plugin";
import { changingParts, combinations, layout, shape } from "./matrix.js";

/** Pictures that a script may return. */
const MOST_PICTURES = 256;
/** Requests that wait while one is drawn; more would gain nothing and could not be taken back. */
const AHEAD = 4;
const MOST = { side: 16_384, pixels: 64_000_000 };

export default definePlugin({
  script(job) {
    const { settings } = job;
    if (!settings.grid && !settings.singles) {
      throw new Problem("invalid-input", "grid and singles are both off, expected at least one of them");
    }
    const { cells, rows, columns } = matrix(job);
    const drawn = draw(cells, job);
    const batch = drawn[0].length;
    const pictures: Picture[] = [];
    for (let index = 0; settings.grid && index < batch; index++) {
      pictures.push(grid({ rows, columns }, drawn.map((all) => all[index]), cells, settings.margin));
    }
    if (settings.singles) pictures.push(...drawn.flat());
    return pictures;
  },
});

interface Cell {
  prompt: string;
  negative: string;
}

/** Every combination, row by row. */
function matrix({ settings, request }: Job): { cells: Cell[]; rows: number; columns: number } {
  const combined = (which: string) => settings.prompts === which || settings.prompts === "both";
  const { fixed } = settings;
  const options = { fixed, atStart: settings["at-start"], join: settings.join === "comma" ? ", " : " " };
  const changing =
    (combined("prompt") ? changingParts(request.prompt, fixed) : 0) +
    (combined("negative") ? changingParts(request.negative, fixed) : 0);
  const batch = request.batch ?? 1;
  const count = 2 ** changing;
  if (count * batch + batch > MOST_PICTURES) {
    const pictures = batch === 1 ? `${count}` : `${count} times ${batch}`;
    throw new Problem("invalid-input", `${changing} parts make ${pictures} pictures, expected at most ${MOST_PICTURES} with the grids`);
  }
  const prompts = combined("prompt") ? combinations(request.prompt, options) : [request.prompt];
  const negatives = combined("negative") ? combinations(request.negative, options) : [request.negative];
  const cells = negatives.flatMap((negative) => prompts.map((prompt) => ({ prompt, negative })));
  // Two prompts span the grid, one each; one is folded into a square.
  const size = prompts.length > 1 && negatives.length > 1
    ? { rows: negatives.length, columns: prompts.length }
    : shape(cells.length);
  return { cells, ...size };
}

/** The pictures of each cell: as many as the request's batch has. */
function draw(cells: Cell[], { settings, request, seed, progress, stopIfCancelled }: Job): Picture[][] {
  const batch = BigInt(request.batch ?? 1);
  const waiting: Ticket[] = [];
  const drawn: Picture[][] = [];
  for (let next = 0; drawn.length < cells.length; ) {
    stopIfCancelled();
    while (next < cells.length && waiting.length < AHEAD) {
      const own = settings["different-seeds"] ? seed + BigInt(next) * batch : seed;
      waiting.push(generate({ ...cells[next], seed: BigInt.asUintN(64, own) }));
      next += 1;
    }
    progress(drawn.length / cells.length, `picture ${drawn.length + 1} of ${cells.length}`);
    const ticket = waiting.shift();
    if (!ticket) break;
    drawn.push(ticket.wait());
    ticket.dispose();
  }
  return drawn;
}

function grid(size: { rows: number; columns: number }, pictures: Picture[], cells: Cell[], margin: number): Picture {
  const { width, height, gridWidth, gridHeight, places } = layout(size, pictures[0].size, margin, MOST);
  const whole = Picture.create(gridWidth, gridHeight, "rgb8").fill("#fff");
  pictures.forEach((picture, index) => {
    const { x, y } = places[index];
    if (picture.width === width && picture.height === height) {
      whole.paste(picture, x, y);
    } else {
      const small = picture.resize(width, height, "lanczos3");
      whole.paste(small, x, y);
      small.dispose();
    }
  });
  // What stands where, for whoever opens the grid alone.
  const legend = cells.map(({ prompt, negative }, index) => {
    const place = `row ${Math.floor(index / size.columns) + 1}, column ${(index % size.columns) + 1}`;
    return `${place}: ${prompt}${negative ? ` (negative: ${negative})` : ""}`;
  });
  return whole.setMetadata("matrix", legend.join("\n").slice(0, 30_000));
}
