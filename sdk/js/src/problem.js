const KINDS = ["invalid-input", "unsupported", "not-found", "denied", "exhausted", "cancelled", "failed"];

export class Problem extends Error {
  constructor(kind, message = kind) {
    if (!KINDS.includes(kind)) {
      throw new TypeError(`problem is \`${kind}\`, expected one of ${KINDS.join(", ")}`);
    }
    super(message);
    this.name = "Problem";
    this.kind = kind;
  }
}

/** The contract's `problem` as a Problem. */
export function fromPayload({ tag, val }) {
  return new Problem(tag, val ?? tag);
}

/** A Problem as the contract's `problem`. */
export function toPayload(problem) {
  return problem.kind === "cancelled" ? { tag: "cancelled" } : { tag: problem.kind, val: oneLine(problem.message) };
}

/** Calls the host. What it answers with instead of a value is thrown as a Problem. */
export function ask(call) {
  try {
    return call();
  } catch (error) {
    const payload = error?.payload;
    if (payload && typeof payload.tag === "string") throw fromPayload(payload);
    throw error;
  }
}

export function oneLine(text) {
  return String(text).replace(/\s*\n\s*/g, " ").trim();
}

/** A whole number in range, or a Problem that names it. */
export function whole(name, value, least, most) {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new Problem("invalid-input", `${name} is ${shown(value)}, expected a whole number from ${least} to ${most}`);
}

/** A finite number, or a Problem that names it. */
export function finite(name, value) {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw new Problem("invalid-input", `${name} is ${shown(value)}, expected a number`);
}

/** One of several names, or a Problem that names it. */
export function oneOf(name, value, names) {
  if (names.includes(value)) return value;
  throw new Problem("invalid-input", `${name} is ${shown(value)}, expected one of ${names.join(", ")}`);
}

export function shown(value) {
  if (typeof value === "string") return `\`${value.length > 60 ? `${value.slice(0, 60)}…` : value}\``;
  if (typeof value === "bigint" || typeof value === "number" || value == null) return String(value);
  if (typeof value === "object") return Array.isArray(value) ? "a list" : "an object";
  return `a ${typeof value}`;
}
