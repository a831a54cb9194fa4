import { answer, hookOf } from "../entry.js";
import { Picture } from "../picture.js";
import { Problem } from "../problem.js";
import { lend, take } from "../resource.js";

export function postProcess(plugin, about) {
  const hook = hookOf(plugin, "postProcess", "post-process");
  return {
    run: (raw) =>
      answer(about, "post-process", async (job) => {
        const given = lend(Picture, raw);
        const result = await hook(given, job);
        // The given one, changed in place, is what returning nothing means.
        if (result === undefined || result === null || result === given) return undefined;
        if (result instanceof Picture) return take(result, Picture, "picture");
        throw new Problem("failed", `postProcess returned a ${typeof result}, expected a Picture or nothing`);
      }),
  };
}
