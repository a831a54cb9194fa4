// The bindings live in a realm of their own, and so do the arrays that they make: `instanceof` does not know them.

/** Whether a value is a typed array of a kind, whichever realm it comes from. */
export function isKind(value, kind) {
  return ArrayBuffer.isView(value) && value[Symbol.toStringTag] === kind;
}

/** An array from the bindings as one of this realm, so that plugins find what they expect. */
export function ours(array) {
  const kind = globalThis[array[Symbol.toStringTag]];
  return array instanceof kind ? array : new kind(array);
}
