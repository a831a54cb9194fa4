import assert from "node:assert/strict";
import { test } from "node:test";
import { isPlain, parse } from "../src/parse.js";

const message = (text) => {
  try {
    parse(text, "prompt");
  } catch (error) {
    return error.message;
  }
  return assert.fail(`${text} has no mistake`);
};

test("what A1111 writes in prompts is text", () => {
  for (const text of ["(a:1.2) [b:c:0.5] [d|e] <lora:x_y:1>", "a BREAK b AND c :2", "\\(film\\) __ ____ a_b", "cost: 5$"]) {
    assert.ok(isPlain(parse(text, "prompt")), text);
  }
});

test("a choice has its count, separator, weights and options without white space around them", () => {
  const [choice] = parse("{2-3$$ and $$ 0.5::a | b|\n{c|d} }", "prompt").parts;
  assert.deepEqual([choice.low, choice.high, choice.separator], [2, 3, " and "]);
  assert.deepEqual(
    choice.options.map(({ weight }) => weight),
    [0.5, 1, 1],
  );
  assert.deepEqual(choice.options[0].parts, [{ kind: "text", text: "a" }]);
  assert.equal(choice.options[2].parts.length, 1);
});

test("a bound that is left out is the least or the most", () => {
  for (const [text, low, high] of [
    ["{2$$a|b}", 2, 2],
    ["{2-$$a|b}", 2, Infinity],
    ["{-2$$a|b}", 1, 2],
    ["{-$$a|b}", 1, Infinity],
    ["{0-1$$a|b}", 0, 1],
    ["{a|b}", 1, 1],
  ]) {
    const [choice] = parse(text, "prompt").parts;
    assert.deepEqual([choice.low, choice.high], [low, high], text);
  }
});

test("a separator may have bars, and one in an inner bracket is not the outer one's", () => {
  const [bars] = parse("{2$$|$$a|b}", "prompt").parts;
  assert.equal(bars.separator, "|");
  assert.equal(bars.options.length, 2);
  const [outer] = parse("{2$$a|{2$$-$$b|c}}", "prompt").parts;
  assert.equal(outer.separator, ", ");
  assert.equal(outer.options[1].parts[0].separator, "-");
});

test("an escaped character is that character", () => {
  assert.deepEqual(parse("\\{a\\|b\\} \\__x__ \\(y\\)", "prompt").parts, [{ kind: "text", text: "{a|b} __x__ \\(y\\)" }]);
});

test("lines that begin with # are left out, other # are text", () => {
  assert.deepEqual(parse("a #1\n  # note {\nb {#c|d}", "prompt").parts[0], { kind: "text", text: "a #1\n  b " });
});

test("a mistake is told with its place", () => {
  for (const [text, expected] of [
    ["a {b|c", "prompt, character 3: `{` is not closed"],
    ["a } b", "prompt, character 3: `}` closes nothing"],
    ["ä{3-2$$b|c}", "prompt, character 3: the range is 3-2"],
    ["x\ny {0::a|0::b}", "prompt, line 2, character 3: all weights are 0"],
    ["${1}", "prompt, character 3: `${` has no name"],
    ["${a", "prompt, character 1: `${a` is not closed"],
    ["${a=b", "prompt, character 1: `${a` is not closed"],
    ["__a(b)__", "prompt, character 5: `b` sets nothing"],
    ["{".repeat(100), "prompt, character 66: brackets are nested deeper than 64"],
  ]) {
    assert.ok(message(text).startsWith(expected), `${message(text)}\nexpected: ${expected}`);
  }
});
