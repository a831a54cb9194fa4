import assert from "node:assert/strict";
import { test } from "node:test";
import { generator } from "../src/random.js";

const first = (seed, tag, count = 4) => {
  const next = generator(seed, tag);
  return Array.from({ length: count }, () => next());
};

test("a seed and a tag are a stream", () => {
  assert.deepEqual(first(42n, "a"), first(42n, "a"));
  for (const other of [first(43n, "a"), first(42n, "b"), first(42n + 2n ** 32n, "a"), first(42n, "")]) {
    assert.notDeepEqual(first(42n, "a"), other);
  }
});

test("the stream is what it was: pictures depend on it", () => {
  assert.deepEqual(first(1n, "prompt", 2), [0.46836167038673704, 0.7185088910529863]);
});

test("numbers are spread evenly from 0 to below 1, also over neighbouring seeds", () => {
  const along = first(7n, "x", 20_000);
  const across = Array.from({ length: 20_000 }, (_, seed) => generator(BigInt(seed))());
  for (const numbers of [along, across]) {
    const bins = new Array(10).fill(0);
    for (const number of numbers) {
      assert.ok(number >= 0 && number < 1);
      bins[Math.floor(number * 10)] += 1;
    }
    for (const bin of bins) assert.ok(bin > 1800 && bin < 2200, `${bins}`);
  }
});
