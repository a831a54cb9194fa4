import { definePlugin } from "@aquatint/plugin";

const LIGHTS = ["soft morning light", "hard noon light", "golden evening light", "cold moonlight", "neon light"];

export default definePlugin({
  // Axes by key: `aquatint sweep` draws the request once for each point of an axis.
  sweep: {
    light: {
      label: "Light",
      points: (request) => LIGHTS.map((light) => ({ label: light, changes: { prompt: `${request.prompt}, ${light}` } })),
    },
    guidance: {
      label: "Guidance",
      // Five points around what the request has; `amount` is how far they are apart.
      points(request, { settings }) {
        const cfg = request.cfg ?? 7;
        const values = [-2, -1, 0, 1, 2].map((step) => Math.max(1, cfg + 4 * step * settings.amount).toFixed(1));
        return [...new Set(values)].map((value) => ({ label: `CFG ${value}`, changes: { cfg: Number(value) } }));
      },
    },
  },
});
