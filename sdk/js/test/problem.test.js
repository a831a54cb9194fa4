import assert from "node:assert/strict";
import { test } from "node:test";
import { Problem, ask, toPayload, whole } from "../src/problem.js";

test("what the host answers with instead of a value is thrown as a problem", () => {
  const payload = { tag: "exhausted", val: "300 pixels, expected at most 200" };
  const host = () => {
    throw Object.assign(new Error("x"), { payload });
  };
  assert.throws(() => ask(host), (error) => {
    assert.ok(error instanceof Problem);
    assert.deepEqual([error.kind, error.message], ["exhausted", payload.val]);
    assert.deepEqual(toPayload(error), payload);
    return true;
  });
  assert.equal(ask(() => 3), 3);
});

test("a mistake of the plugin's own stays what it is", () => {
  assert.throws(() => ask(() => undefined.x), TypeError);
  assert.throws(() => new Problem("invalid", "x"), /problem is `invalid`, expected one of invalid-input, /);
});

test("a problem is one line, and cancelling has none", () => {
  assert.deepEqual(toPayload(new Problem("failed", "a\n  b ")), { tag: "failed", val: "a b" });
  assert.deepEqual(toPayload(new Problem("cancelled")), { tag: "cancelled" });
});

test("a number that does not fit is named", () => {
  assert.equal(whole("width", 3, 1, 4), 3);
  for (const [value, shown] of [[5, "5"], [1.5, "1.5"], ["3", "`3`"], [undefined, "undefined"], [3n, "3"]]) {
    const message = `width is ${shown}, expected a whole number from 1 to 4`;
    assert.throws(() => whole("width", value, 1, 4), { kind: "invalid-input", message });
  }
});
