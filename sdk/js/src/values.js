// The contract's `value` and what JavaScript has for it.

import { Problem, shown } from "./problem.js";

/** How an object says which value it is: a picture gives its name. */
export const AS_VALUE = Symbol("aquatint value");

class Typed {
  constructor(tag, val) {
    this[AS_VALUE] = () => ({ tag, val });
  }
}

export const flag = (value) => new Typed("flag", Boolean(value));
export const int = (value) => new Typed("int", wholeBigInt(value));
export const number = (value) => new Typed("number", finiteNumber(value));
export const text = (value) => new Typed("text", String(value));
export const choice = (value) => new Typed("choice", String(value));
export const seed = (value) => new Typed("seed", BigInt.asUintN(64, wholeBigInt(value)));

// What the contract says about the fields of a request.
const FIELDS = {
  prompt: "text",
  negative: "text",
  model: "text",
  seed: "seed",
  steps: "int",
  width: "int",
  height: "int",
  batch: "int",
  cfg: "number",
  cfg_rescale: "number",
  refiner_switch: "number",
  sampler: "choice",
  schedule: "choice",
  noise: "choice",
  clip_skip: "int",
  emphasis: "choice",
  provider: "choice",
  eta: "number",
  s_churn: "number",
  s_tmin: "number",
  s_tmax: "number",
  s_noise: "number",
  eta_noise_seed_delta: "int",
  variation_seed: "seed",
  variation_strength: "number",
  seed_resize_width: "int",
  seed_resize_height: "int",
  cfg_start: "number",
  cfg_end: "number",
  s_min_uncond: "number",
  init: "picture",
  mask: "picture",
  strength: "number",
};

/** A list of `param` as an object. */
export function toObject(params) {
  const object = {};
  for (const { key, value } of params) object[key] = toPlain(value);
  return object;
}

/** A `value` as JavaScript has it. */
export function toPlain({ tag, val }) {
  switch (tag) {
    case "auto":
      return null;
    case "int":
      return fromBigInt(val);
    case "color":
      return { red: val.red, green: val.green, blue: val.blue, alpha: val.alpha };
    case "texts":
      return Array.from(val);
    case "ints":
      return Array.from(val, fromBigInt);
    case "numbers":
      return Array.from(val);
    default:
      return val;
  }
}

/**
 * An object as a list of `param`. `like` has values whose kinds are taken where the contract does not say the kind of
 * a field: the request that is being changed.
 */
export function toParams(object, like = []) {
  if (object === null || typeof object !== "object" || Array.isArray(object)) {
    throw new Problem("invalid-input", `changes are ${shown(object)}, expected an object such as { steps: 20 }`);
  }
  const kinds = new Map(like.map(({ key, value }) => [key, value.tag]));
  return Object.entries(object)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ({ key, value: toValue(key, value, FIELDS[key] ?? kinds.get(key)) }));
}

function toValue(key, value, kind) {
  if (value === null) return { tag: "auto" };
  if (typeof value === "object" && typeof value[AS_VALUE] === "function") return value[AS_VALUE]();
  const wrong = (expected) => new Problem("invalid-input", `${key} is ${shown(value)}, expected ${expected}`);
  switch (kind) {
    case "text":
    case "choice":
    case "picture":
      if (typeof value !== "string") throw wrong(kind === "picture" ? "a picture" : "a text");
      return { tag: kind, val: value };
    case "int":
      if (!isWhole(value)) throw wrong("a whole number");
      return { tag: kind, val: BigInt(value) };
    case "number":
      if (typeof value !== "number" || !Number.isFinite(value)) throw wrong("a number");
      return { tag: kind, val: value };
    case "seed":
      if (!isWhole(value) || BigInt(value) !== BigInt.asUintN(64, BigInt(value))) {
        throw wrong("a whole number from 0 to 2^64 - 1");
      }
      return { tag: kind, val: BigInt(value) };
    case "flag":
      if (typeof value !== "boolean") throw wrong("true or false");
      return { tag: kind, val: value };
    default:
      return guess(value, wrong);
  }
}

function guess(value, wrong) {
  switch (typeof value) {
    case "boolean":
      return { tag: "flag", val: value };
    case "bigint":
      return { tag: "int", val: value };
    case "number":
      if (Number.isSafeInteger(value)) return { tag: "int", val: BigInt(value) };
      if (Number.isFinite(value)) return { tag: "number", val: value };
      throw wrong("a number");
    case "string":
      return { tag: "text", val: value };
  }
  if (isColor(value)) return { tag: "color", val: toColor(value) };
  const items = Array.isArray(value) || ArrayBuffer.isView(value) ? Array.from(value) : undefined;
  if (items?.every((item) => typeof item === "string")) return { tag: "texts", val: items };
  if (items?.every(isWhole)) return { tag: "ints", val: BigInt64Array.from(items, BigInt) };
  if (items?.every((item) => typeof item === "number" && Number.isFinite(item))) {
    return { tag: "numbers", val: Float64Array.from(items) };
  }
  throw wrong("a text, number, true, false, null, color, picture, or a list of texts or of numbers");
}

function isColor(value) {
  return ["red", "green", "blue"].every((part) => typeof value[part] === "number");
}

/** A colour of the contract from `#rgb`, `#rrggbb`, `#rrggbbaa`, `[r, g, b, a?]` or `{ red, green, blue, alpha? }`. */
export function toColor(value) {
  let parts;
  if (typeof value === "string" && /^#([0-9a-f]{3}|[0-9a-f]{6}|[0-9a-f]{8})$/i.test(value)) {
    const digits = value.length === 4 ? value.slice(1).replace(/./g, "$&$&") : value.slice(1);
    parts = digits.match(/../g).map((pair) => Number.parseInt(pair, 16));
  } else if (Array.isArray(value)) {
    parts = value;
  } else if (value && typeof value === "object") {
    parts = [value.red, value.green, value.blue, value.alpha ?? 255];
  }
  const [red, green, blue, alpha = 255] = parts ?? [];
  if (![red, green, blue, alpha].every((part) => Number.isInteger(part) && part >= 0 && part <= 255)) {
    const expected = "a color such as #ff8800, [255, 136, 0] or { red: 255, green: 136, blue: 0 }";
    throw new Problem("invalid-input", `color is ${shown(value)}, expected ${expected}`);
  }
  return { red, green, blue, alpha };
}

function fromBigInt(value) {
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
}

function isWhole(value) {
  return typeof value === "bigint" || Number.isSafeInteger(value);
}

function wholeBigInt(value) {
  if (isWhole(value)) return BigInt(value);
  throw new Problem("invalid-input", `value is ${shown(value)}, expected a whole number`);
}

function finiteNumber(value) {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw new Problem("invalid-input", `value is ${shown(value)}, expected a number`);
}
