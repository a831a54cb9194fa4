import { definePlugin } from "@aquatint/plugin";

export default definePlugin({
  // Called after the steps that plugin.toml names. Latents are changed in place, in the host, at its speed.
  denoise(moment, latents, { settings, seed }) {
    // Fresh noise in the first half of the steps, less and less of it: other details, the same composition.
    const left = 1 - (2 * moment.step) / moment.steps;
    if (left <= 0) return;
    latents.noise(seed + BigInt(moment.step), 0.2 * settings.amount * left * moment.sigma);
  },
});
