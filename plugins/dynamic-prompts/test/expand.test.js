import assert from "node:assert/strict";
import { test } from "node:test";
import { expand } from "../src/expand.js";
import { Wildcards } from "../src/wildcards.js";

const FILES = {
  "color.txt": "red\n2::blue\n{light|dark} green",
  "loop.txt": "again __loop__",
  "empty.txt": "# nothing\n",
  "season-clothes.txt": "${season:summer} shirt",
  "animal/cat.txt": "tabby\ncalico",
  "animal/dog.txt": "poodle",
};

/** A small generator (Lehmer) for chance that is the same every time. */
function chance(seed) {
  let state = seed % 2147483646 + 1;
  for (let round = 0; round < 5; round++) state = (state * 48271) % 2147483647;
  return () => (state = (state * 48271) % 2147483647) / 2147483647;
}

function all(setting = "") {
  const wildcards = new Wildcards();
  for (const [path, text] of Object.entries(FILES)) wildcards.addFile(`wildcards/${path}`, text);
  wildcards.addSetting(setting);
  return wildcards;
}

const once = (text, seed = 1, more = {}) => expand(text, { wildcards: all(), random: chance(seed), ...more });

/** How often each result comes in many runs. */
function counts(text, runs = 2000) {
  const found = {};
  const wildcards = all();
  for (let seed = 0; seed < runs; seed++) {
    const result = expand(text, { wildcards, random: chance(seed * 7919) });
    found[result] = (found[result] ?? 0) + 1;
  }
  return found;
}

test("a text without anything to expand stays as it is, white space and all", () => {
  for (const text of ["", "  a red apple,\n (x:1.2) ", "[a|b] \\(c\\)"]) assert.equal(once(text), text);
});

test("the same chance gives the same text, and all that can come does", () => {
  assert.equal(once("{a|b|c} __color__", 5), once("{a|b|c} __color__", 5));
  assert.deepEqual(Object.keys(counts("{a|b|c}")).sort(), ["a", "b", "c"]);
  assert.deepEqual(Object.keys(counts("__color__")).sort(), ["blue", "dark green", "light green", "red"]);
});

test("weights are how often", () => {
  const found = counts("{3::a|b|0::c}");
  assert.equal(found.c, undefined);
  assert.ok(found.a / found.b > 2.5 && found.a / found.b < 3.6, `${found.a} to ${found.b}`);
  const blue = counts("__color__").blue / 2000;
  assert.ok(blue > 0.44 && blue < 0.56, `${blue}`);
});

test("several are different ones, in any order", () => {
  assert.deepEqual(Object.keys(counts("{2$$a|b|c}")).sort(), ["a, b", "a, c", "b, a", "b, c", "c, a", "c, b"]);
  assert.deepEqual(Object.keys(counts("{1-2$$ and $$a|b}")).sort(), ["a", "a and b", "b", "b and a"]);
  assert.deepEqual(Object.keys(counts("{0-1$$a|b}x")).sort(), ["ax", "bx", "x"]);
  assert.equal(once("{9$$a|b}").length, 4, "no more than there are");
});

test("several of a wildcard are different lines of it", () => {
  for (const result of Object.keys(counts("{2$$ & $$__animal/*__}"))) {
    const [first, second] = result.split(" & ");
    assert.ok(first !== second && second !== undefined, result);
  }
});

test("a variable is expanded at each use, or once", () => {
  for (const result of Object.keys(counts("${c=!{a|b}}${c}${c}${c}"))) assert.match(result, /^(aaa|bbb)$/);
  assert.ok(Object.keys(counts("${c={a|b}}${c}${c}")).includes("ab"));
  assert.equal(once("${x:{y}}"), "y");
  assert.equal(once("__season-clothes(season=winter)__ __season-clothes__"), "winter shirt summer shirt");
});

test("brackets, wildcards and the user's own nest", () => {
  const wildcards = all("pet: {__animal/cat__ cat|__animal/dog__}");
  const results = new Set();
  for (let seed = 0; seed < 200; seed++) results.add(expand("a {big __pet__}", { wildcards, random: chance(seed) }));
  assert.deepEqual([...results].sort(), ["a big calico cat", "a big poodle", "a big tabby cat"]);
});

test("an unknown wildcard is a mistake, or stays", () => {
  const expected = "prompt, character 3: there is no wildcard `__colour__` (did you mean `__color__`?)";
  assert.throws(() => once("a __colour__"), { message: expected });
  assert.equal(once("a __colour__ {b}", 1, { missing: "keep" }), "a __colour__ b");
  assert.throws(() => once("__empty__"), /wildcard `__empty__` is empty/);
});

test("what never ends is stopped", () => {
  assert.throws(() => once("__loop__"), /wildcard loop, line 1, character 7: wildcards lead into each other more than 40 deep/);
  assert.throws(() => once("${a=${a}}${a}"), /\$\{a\} is made of itself/);
  assert.throws(() => once("${b}"), /\$\{b\} is not set/);
  const doubled = Array.from({ length: 30 }, (_, index) => `\${v${index + 1}=\${v${index}}\${v${index}}}`).join("");
  assert.throws(() => once(`\${v0=}${doubled}\${v30}`), /expands into more than 100000 parts/);
  assert.throws(() => once(`\${v0=${"x".repeat(1000)}}${doubled}\${v30}`), /expands to more than 65536 characters/);
});
