import * as host from "aquatint:plugin/assets@0.1.0";
import { ours } from "./arrays.js";
import { ask } from "./problem.js";

export function names() {
  return Array.from(host.names());
}

export function read(name) {
  return ours(ask(() => host.read(name)));
}

export function text(name) {
  return new TextDecoder().decode(read(name));
}

export function json(name) {
  return JSON.parse(text(name));
}
