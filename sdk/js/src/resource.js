// What wrapped handles have in common.

import { Problem } from "./problem.js";

/** The key under which the SDK's objects keep the host's handle. */
export const RAW = Symbol("aquatint handle");

const dispose = Symbol.dispose ?? Symbol.for("dispose");

export class Resource {
  constructor(raw, noun) {
    Object.defineProperty(this, RAW, { value: raw, writable: true });
    Object.defineProperty(this, "noun", { value: noun });
  }

  dispose() {
    const raw = this[RAW];
    this[RAW] = undefined;
    // Handles that the host lent have nothing to drop before the call returns.
    if (raw && !this.borrowed) raw[dispose]();
  }

  [dispose]() {
    this.dispose();
  }

  // What `using` looks for, where the engine has no Symbol.dispose and the compiler makes do.
  [Symbol.for("Symbol.dispose")]() {
    this.dispose();
  }
}

/** The handle, for a call that borrows it. */
export function handle(object, kind, noun) {
  if (!(object instanceof kind)) throw new Problem("invalid-input", `expected a ${noun}`);
  const raw = object[RAW];
  if (!raw) throw new Problem("invalid-input", `this ${noun} was disposed of or handed over, expected one that is there`);
  return raw;
}

/** The handle, for a call that takes it over. */
export function take(object, kind, noun) {
  const raw = handle(object, kind, noun);
  object[RAW] = undefined;
  return raw;
}

/** An object for a handle that the host lent for this call. */
export function lend(kind, raw) {
  const object = new kind(raw);
  Object.defineProperty(object, "borrowed", { value: true });
  return object;
}
