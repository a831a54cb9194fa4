import assert from "node:assert/strict";
import { test } from "node:test";
import { SourceMap } from "../build/source-map.mjs";
import { sourcePlaces } from "../src/places.js";

// Line 1 of the bundle is line 2 of the SDK's a.js; line 2 is line 1, column 3 of src/plugin.js, from column 5 on its
// line 4; line 3 has no source.
const MAP = { version: 3, sources: ["../../sdk/a.js", "../src/plugin.js"], mappings: "AACA;ACDE,IAGF;" };
const JOB = { root: "/p", scratch: "/p/target", sdk: "/sdk" };

test("places of the bundle are found in the sources, the SDK's aside", () => {
  const map = new SourceMap(MAP, JOB);
  assert.equal(map.place(1, 1), undefined);
  assert.deepEqual(map.place(2, 1), { source: "src/plugin.js", line: 1, column: 3 });
  assert.deepEqual(map.place(2, 9), { source: "src/plugin.js", line: 4, column: 1 });
  assert.equal(map.place(3, 1), undefined);
  assert.equal(map.place(99, 1), undefined);
});

test("what the toolchain says is told in the author's places", () => {
  const map = new SourceMap(MAP, JOB);
  const said = "bundle.js:2:1 TypeError: x\nStack:\n  f@bundle.js:2:9\n  g@bundle.js:1:1\n  @bundle.js:2:1\nbundle.js:1:1 Error: y";
  assert.equal(
    map.translate(said),
    "src/plugin.js:1:3: TypeError: x\n  at src/plugin.js:4:1 in f\n  at src/plugin.js:1:3\nError: y",
  );
});

test("a stack at run time leads to the sources", () => {
  const table = new SourceMap(MAP, JOB).table();
  const stack = "paint@bundle.js:2:7\nanswer@bundle.js:1:3\n@bundle.js:2:1\nasync*x@bundle.js:77:1\n";
  assert.deepEqual(sourcePlaces(stack, table), ["src/plugin.js:1 in paint", "src/plugin.js:1"]);
  assert.deepEqual(sourcePlaces(undefined, table), []);
  assert.deepEqual(sourcePlaces(stack, undefined), []);
});
