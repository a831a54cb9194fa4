import assert from "node:assert/strict";
import { test } from "node:test";
import { choice, int, number, toColor, toObject, toParams } from "../src/values.js";

const param = (key, tag, val) => ({ key, value: { tag, val } });
const refused = (object, expected) => {
  assert.throws(() => toParams(object), (error) => error.kind === "invalid-input" && error.message === expected);
};

test("what the host passes is plain JavaScript", () => {
  const object = toObject([
    { key: "a", value: { tag: "auto" } },
    param("b", "int", 5n),
    param("c", "int", 2n ** 60n),
    param("d", "ints", BigInt64Array.of(1n, -2n)),
    param("e", "numbers", Float64Array.of(0.5)),
    param("f", "seed", 7n),
    param("g", "color", { red: 1, green: 2, blue: 3, alpha: 4 }),
    param("h", "texts", ["x"]),
  ]);
  assert.deepEqual(object, {
    a: null,
    b: 5,
    c: 2n ** 60n,
    d: [1, -2],
    e: [0.5],
    f: 7n,
    g: { red: 1, green: 2, blue: 3, alpha: 4 },
    h: ["x"],
  });
});

test("fields of a request get the kind that the contract says", () => {
  assert.deepEqual(toParams({ steps: 20, cfg: 7, seed: 3, sampler: "Euler", prompt: "x", cfg_rescale: null }), [
    param("steps", "int", 20n),
    param("cfg", "number", 7),
    param("seed", "seed", 3n),
    param("sampler", "choice", "Euler"),
    param("prompt", "text", "x"),
    { key: "cfg_rescale", value: { tag: "auto" } },
  ]);
});

test("other fields get the kind that they have, or that their value has", () => {
  const like = [param("strange", "number", 1), param("mode", "choice", "a")];
  assert.deepEqual(toParams({ strange: 2, mode: "b", new: 2, half: 0.5, on: true, list: [1, 2.5], names: ["a"] }, like), [
    param("strange", "number", 2),
    param("mode", "choice", "b"),
    param("new", "int", 2n),
    param("half", "number", 0.5),
    param("on", "flag", true),
    param("list", "numbers", Float64Array.of(1, 2.5)),
    param("names", "texts", ["a"]),
  ]);
});

test("a kind that was said is the kind", () => {
  assert.deepEqual(toParams({ a: number(2), b: choice("x"), steps: int(3n) }), [
    param("a", "number", 2),
    param("b", "choice", "x"),
    param("steps", "int", 3n),
  ]);
});

test("what is left undefined is not changed", () => {
  assert.deepEqual(toParams({ prompt: undefined }), []);
});

test("a value of the wrong kind is named", () => {
  refused({ steps: 2.5 }, "steps is 2.5, expected a whole number");
  refused({ cfg: Number.NaN }, "cfg is NaN, expected a number");
  refused({ prompt: 3 }, "prompt is 3, expected a text");
  refused({ seed: -1 }, "seed is -1, expected a whole number from 0 to 2^64 - 1");
  refused([], "changes are a list, expected an object such as { steps: 20 }");
  assert.throws(() => toParams({ x: { y: 1 } }), /x is an object, expected a text, number/);
});

test("a color may be written in several ways", () => {
  const orange = { red: 255, green: 136, blue: 0, alpha: 255 };
  for (const given of ["#f80", "#ff8800", "#FF8800ff", [255, 136, 0], { red: 255, green: 136, blue: 0 }]) {
    assert.deepEqual(toColor(given), orange);
  }
  for (const wrong of ["orange", "#ff88", [1, 2], [1, 2, 300], { red: 1 }, null, 5]) {
    assert.throws(() => toColor(wrong), { kind: "invalid-input" });
  }
});
