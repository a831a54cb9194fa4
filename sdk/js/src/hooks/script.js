import { answer, hookOf } from "../entry.js";
import { Picture } from "../picture.js";
import { Problem } from "../problem.js";
import { take } from "../resource.js";

export function script(plugin, about) {
  const hook = hookOf(plugin, "script", "script");
  return {
    run: () =>
      answer(about, "script", async (job) => {
        const result = await hook(job);
        const pictures = result instanceof Picture ? [result] : Array.from(result ?? []);
        if (!pictures.every((picture) => picture instanceof Picture)) {
          throw new Problem("failed", "script returned something else, expected a Picture or a list of them");
        }
        return pictures.map((picture) => take(picture, Picture, "picture"));
      }),
  };
}
