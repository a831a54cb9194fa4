import assert from "node:assert/strict";
import { test } from "node:test";
import { changingParts, combinations, layout, shape } from "../src/matrix.js";

const PLAIN = { fixed: 1, atStart: false, join: ", " };

test("every combination is there once, in A1111's order", () => {
  assert.deepEqual(combinations("a| b |c", PLAIN), ["a", "a, b", "a, c", "a, b, c"]);
  assert.equal(new Set(combinations("a|b|c|d|e", PLAIN)).size, 16);
});

test("the fixed part is the one that was asked for, first or last", () => {
  assert.deepEqual(combinations("a|b|c", { ...PLAIN, fixed: 2 }), ["b", "b, a", "b, c", "b, a, c"]);
  assert.deepEqual(combinations("a|b", { ...PLAIN, atStart: true }), ["a", "b, a"]);
  assert.deepEqual(combinations("a|b", { ...PLAIN, fixed: 0 }), ["", "a", "b", "a, b"]);
  assert.deepEqual(combinations("a|b", { ...PLAIN, fixed: 9, join: " " }), ["", "a", "b", "a b"]);
});

test("a prompt without parts is one prompt, and empty parts are none", () => {
  assert.deepEqual(combinations("a", PLAIN), ["a"]);
  assert.deepEqual(combinations("", PLAIN), [""]);
  assert.deepEqual(combinations("a||b| ", PLAIN), ["a", "a, b"]);
});

test("the number of changing parts is that of the combinations", () => {
  for (const text of ["", "a", "a|b", "a||b|c", "|a", "a|b|c|d"]) {
    for (const fixed of [0, 1, 2, 9]) {
      const count = combinations(text, { ...PLAIN, fixed }).length;
      assert.equal(2 ** changingParts(text, fixed), count, `${text}, ${fixed}`);
    }
  }
});

test("a grid is as square as may be", () => {
  assert.deepEqual(
    [1, 2, 4, 8, 16, 128].map((count) => Object.values(shape(count))),
    [[1, 1], [1, 2], [2, 2], [2, 4], [4, 4], [8, 16]],
  );
});

test("cells stand beside each other with the margin between them", () => {
  const { gridWidth, gridHeight, places } = layout({ rows: 2, columns: 2 }, { width: 10, height: 6 }, 3, { side: 100, pixels: 10_000 });
  assert.deepEqual([gridWidth, gridHeight], [23, 15]);
  assert.deepEqual(places, [{ x: 0, y: 0 }, { x: 13, y: 0 }, { x: 0, y: 9 }, { x: 13, y: 9 }]);
});

test("a grid that would be too large has smaller cells of the same shape", () => {
  const cell = { width: 2048, height: 1024 };
  for (const most of [{ side: 16_384, pixels: 1e9 }, { side: 1e9, pixels: 64_000_000 }]) {
    const grid = layout({ rows: 8, columns: 16 }, cell, 4, most);
    assert.ok(grid.gridWidth <= most.side && grid.gridWidth * grid.gridHeight <= most.pixels);
    assert.ok(grid.gridWidth > 0.7 * Math.min(most.side, Math.sqrt(most.pixels * 4)), "and not smaller than it must be");
    assert.ok(Math.abs(grid.width / grid.height - 2) < 0.05);
  }
});
