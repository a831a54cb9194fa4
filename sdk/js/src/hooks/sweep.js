import { answer, hookOf } from "../entry.js";
import { Problem, shown } from "../problem.js";
import { toObject, toParams } from "../values.js";

export function sweep(plugin, about) {
  const hook = hookOf(plugin, "sweep", "sweep");
  const axes = async (job) => (typeof hook === "function" ? hook(job) : hook);
  return {
    axes: () =>
      answer(about, "sweep axes", async (job) =>
        Object.entries(await axes(job)).map(([key, axis]) => ({ key, label: String(axis.label ?? key) })),
      ),
    points: (key, params) =>
      answer(about, `sweep points ${key}`, async (job) => {
        const all = await axes(job);
        if (!Object.hasOwn(all, key)) {
          throw new Problem("not-found", `axis ${shown(key)}, expected one of ${Object.keys(all).join(", ")}`);
        }
        const points = await all[key].points(toObject(params), job);
        return Array.from(points, ({ label, changes }) => ({ label: String(label), changes: toParams(changes, params) }));
      }),
  };
}
