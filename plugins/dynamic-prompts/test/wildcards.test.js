import assert from "node:assert/strict";
import { test } from "node:test";
import { Wildcards } from "../src/wildcards.js";

function wildcards(files, setting = "") {
  const all = new Wildcards();
  for (const [path, text] of Object.entries(files)) all.addFile(`wildcards/${path}`, text);
  all.addSetting(setting);
  return all;
}

test("a file has a value each line, comments and empty lines aside", () => {
  const all = wildcards({ "a.txt": "# colors\nred\n\n 2::blue \r\n{x|y}\n", "b.md": "no" });
  assert.deepEqual(all.values("a").map(({ weight }) => weight), [1, 2, 1]);
  assert.deepEqual(all.values("a")[1].template.parts, [{ kind: "text", text: "blue" }]);
  assert.deepEqual(all.names("*"), ["a"]);
});

test("patterns stay in a folder unless they say otherwise", () => {
  const all = wildcards({ "a.txt": "1", "ab.txt": "2", "f/a.txt": "3", "f/g/a.txt": "4", "f/b.txt": "5" });
  assert.deepEqual(all.names("a*"), ["a", "ab"]);
  assert.deepEqual(all.names("f/*"), ["f/a", "f/b"]);
  assert.deepEqual(all.names("f/**"), ["f/a", "f/b", "f/g/a"]);
  assert.deepEqual(all.names("**/a"), ["a", "f/a", "f/g/a"]);
  assert.deepEqual(all.names("?"), ["a"]);
  assert.deepEqual(all.names("f/?"), ["f/a", "f/b"]);
  assert.deepEqual(all.names("f.a"), [], "a dot is a dot");
  assert.equal(all.values("f/*").length, 2);
});

test("JSON has lists by their names inside", () => {
  const all = wildcards({ "x.json": '{"a": ["1", 2, "3"], "b": {"c": ["4"]}}', "y.json": '["5"]' });
  assert.deepEqual(all.names("**"), ["a", "b/c", "y"]);
  assert.equal(all.values("a").length, 2);
  assert.throws(() => wildcards({ "x.json": "{" }), /wildcard file wildcards\/x.json: /);
});

test("the user's own take the place of those that are there", () => {
  const all = wildcards({ "a.txt": "red\ngreen" }, "# mine\na: blue\nb/c: 2::x | {y|z}\n");
  assert.equal(all.values("a").length, 1);
  assert.deepEqual(all.values("b/c").map(({ weight }) => weight), [2, 1]);
  assert.throws(() => wildcards({}, "\nred, blue"), /setting wildcards, line 2: `red, blue` is no wildcard/);
  assert.throws(() => wildcards({}, "a: {x"), /setting wildcards, line 1, character 3: `\{` is not closed/);
});

test("a misspelt name leads to the nearest", () => {
  const all = wildcards({ "color.txt": "1", "weather.txt": "2" });
  assert.equal(all.nearest("colour"), "color");
  assert.equal(all.nearest("Wether"), "weather");
  assert.equal(all.nearest("animal"), undefined);
});
