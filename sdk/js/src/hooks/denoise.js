import { answer, hookOf } from "../entry.js";
import { Latents, Moment } from "../latents.js";
import { lend } from "../resource.js";

export function denoise(plugin, about) {
  const hook = hookOf(plugin, "denoise", "denoise");
  return {
    run(rawMoment, rawLatents) {
      // Each moment has a stream of chance of its own: the plugin's memory begins anew every time.
      const tag = `denoise ${rawMoment.phase()} ${rawMoment.step()}`;
      return answer(about, tag, async (job) => {
        await hook(lend(Moment, rawMoment), lend(Latents, rawLatents), job);
      });
    },
  };
}
