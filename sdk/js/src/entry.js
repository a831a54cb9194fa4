// What the entry that a build makes is put together from.

import { beginStream } from "./environment.js";
import { jobOf, seedOfJob } from "./job.js";
import { log } from "./log.js";
import { Problem, oneLine, toPayload } from "./problem.js";
import { sourcePlaces } from "./places.js";

/** Of a stack that is endless its end says enough. */
const MOST_PLACES = 12;

/** The interface `info`. */
export function info(about) {
  const extra = [
    { key: "sdk", value: { tag: "text", val: about.sdk } },
    { key: "language", value: { tag: "text", val: about.language } },
  ];
  return { describe: () => ({ id: about.id, version: about.version, extra }) };
}

/** The plugin in a module: what it exports as default, or the hooks that it exports by name. */
export function pluginOf(module) {
  return module.default ?? module;
}

/** The function of a hook, or an error that the author sees when the plugin is built. */
export function hookOf(plugin, key, hook) {
  const value = plugin[key];
  if (value === undefined) {
    throw new TypeError(`plugin.toml lists the hook \`${hook}\`, expected \`${key}\` in the plugin`);
  }
  return value;
}

/** Answers a call: what it returns, or why it does not, as the contract's `result`. */
export async function answer(about, tag, body) {
  try {
    beginStream(seedOfJob(), tag, about.random);
    return { tag: "ok", val: await body(jobOf(tag)) };
  } catch (error) {
    return { tag: "err", val: problemOf(error) };
  }
}

function problemOf(error) {
  if (error instanceof Problem) return toPayload(error);
  // A mistake in the plugin: its author wants to know where.
  const places = sourcePlaces(error?.stack).slice(0, MOST_PLACES);
  // Not by `instanceof`: the bindings throw the errors of another realm.
  const what = typeof error?.message === "string" ? `${error.name}: ${error.message}` : `thrown: ${String(error)}`;
  log.error([what, ...places.map((place) => `  at ${place}`)].join("\n"));
  return { tag: "failed", val: oneLine(places.length ? `${what} (${places[0]})` : what) };
}
