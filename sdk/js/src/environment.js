// Makes the language's own chance, time and console those of the contract.
//
// A plugin's top level runs once, when it is built; what it leaves in memory is where every call begins. The engine's
// own Math.random would be frozen there in the middle of its stream, and Date would hold the day of the build. So, while
// a plugin is built, chance comes from a fixed seed and the clock stands still; and every call begins a stream of its
// own, from the job's seed.

import { log } from "./log.js";
import { generator } from "./random.js";

let built = false;
let current = generator(0n, "top level");

Math.random = () => current();

const realFill = globalThis.crypto?.getRandomValues?.bind(globalThis.crypto);

/** Begins the stream of a call: from its seed, or from real chance where the plugin may have it. */
export function beginStream(seed, tag, real) {
  built = true;
  if (real && realFill) {
    const words = realFill(new Uint32Array(2));
    current = generator((BigInt(words[0]) << 32n) | BigInt(words[1]), tag);
  } else {
    current = generator(seed, tag);
  }
}

function fillRandom(array) {
  const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  for (let index = 0; index < bytes.length; index++) bytes[index] = Math.floor(current() * 256);
  return array;
}

function randomUuid() {
  const bytes = fillRandom(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const digits = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

if (globalThis.crypto) {
  Object.defineProperty(globalThis.crypto, "getRandomValues", { value: fillRandom });
  Object.defineProperty(globalThis.crypto, "randomUUID", { value: randomUuid });
}

const RealDate = Date;
const BUILD_TIME = RealDate.UTC(2000, 0, 1);

globalThis.Date = new Proxy(RealDate, {
  construct(target, given, newTarget) {
    return Reflect.construct(target, given.length || built ? given : [BUILD_TIME], newTarget);
  },
  apply(target) {
    return built ? target() : new target(BUILD_TIME).toString();
  },
  get(target, key) {
    return key === "now" && !built ? () => BUILD_TIME : target[key];
  },
});
RealDate.prototype.constructor = globalThis.Date;

function written(value) {
  if (typeof value === "string") return value;
  if (typeof value?.stack === "string") return `${value}\n${value.stack ?? ""}`.trimEnd();
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value !== "object" || value === null) return String(value);
  try {
    return JSON.stringify(value, (_, part) => (typeof part === "bigint" ? `${part}n` : part)) ?? String(value);
  } catch {
    return String(value);
  }
}

// While a plugin is built there is no log to write to.
const line = (level) => (...values) => {
  if (built) log[level](values.map(written).join(" "));
};

Object.assign(globalThis.console, {
  trace: line("trace"),
  debug: line("debug"),
  log: line("info"),
  info: line("info"),
  warn: line("warn"),
  error: line("error"),
});
