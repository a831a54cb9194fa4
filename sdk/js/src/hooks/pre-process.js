import { answer, hookOf } from "../entry.js";
import { toObject, toParams } from "../values.js";

export function preProcess(plugin, about) {
  const hook = hookOf(plugin, "preProcess", "pre-process");
  return {
    run: (params) =>
      answer(about, "pre-process", async (job) => toParams((await hook(toObject(params), job)) ?? {}, params)),
  };
}
