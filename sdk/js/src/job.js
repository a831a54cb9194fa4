import * as host from "aquatint:plugin/job@0.1.0";
import { log } from "./log.js";
import { Problem, ask } from "./problem.js";
import { generator } from "./random.js";
import { toObject } from "./values.js";

/** The job, as hooks get it. Nothing in it needs `this`: take out of it what you want. */
export function jobOf(tag) {
  let settings;
  let request;
  let random;
  return {
    log,
    get seed() {
      return host.seed();
    },
    get index() {
      return host.index();
    },
    get settings() {
      return (settings ??= toObject(host.settings()));
    },
    get request() {
      return (request ??= toObject(host.request()));
    },
    get random() {
      return (random ??= generator(host.seed(), `job ${tag}`));
    },
    choices: (field) => Array.from(ask(() => host.choices(field))),
    progress: (fraction, note = "") => host.progress(fraction, note),
    timeLeft: () => Number(host.timeLeft()),
    cancelled: () => host.cancelled(),
    stopIfCancelled() {
      if (host.cancelled()) throw new Problem("cancelled");
    },
  };
}

export const seedOfJob = () => host.seed();
export const paramsOfRequest = () => host.request();
