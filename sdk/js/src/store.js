import * as host from "aquatint:plugin/store@0.1.0";
import { isKind, ours } from "./arrays.js";
import { Problem, ask, shown } from "./problem.js";

export function get(key) {
  const bytes = ask(() => host.get(key));
  return bytes && ours(bytes);
}

export function getText(key) {
  const bytes = get(key);
  return bytes && new TextDecoder().decode(bytes);
}

export function getJson(key) {
  const text = getText(key);
  return text === undefined ? undefined : JSON.parse(text);
}

export function set(key, value) {
  const bytes = typeof value === "string" ? new TextEncoder().encode(value) : value;
  if (!isKind(bytes, "Uint8Array")) {
    throw new Problem("invalid-input", `value is ${shown(value)}, expected a text or a Uint8Array`);
  }
  ask(() => host.set(key, bytes));
}

export function setJson(key, value) {
  set(key, JSON.stringify(value));
}

export function remove(key) {
  return ask(() => host.remove(key));
}

/** All keys, however many: the host lists a thousand at a time. */
export function keys(prefix = "") {
  const all = [];
  for (;;) {
    const page = host.keys(prefix, all.at(-1));
    all.push(...page);
    if (page.length < 1000) return all;
  }
}

export function usage() {
  const { used, quota } = host.usage();
  return { used: Number(used), quota: Number(quota) };
}
