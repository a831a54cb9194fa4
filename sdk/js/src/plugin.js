const HOOKS = ["preProcess", "denoise", "postProcess", "script", "sweep"];

export function definePlugin(plugin) {
  for (const [key, value] of Object.entries(plugin)) {
    if (!HOOKS.includes(key)) {
      throw new TypeError(`definePlugin: \`${key}\` is no hook, expected ${HOOKS.join(", ")}`);
    }
    const fits = typeof value === "function" || (key === "sweep" && typeof value === "object" && value !== null);
    if (!fits) {
      throw new TypeError(`definePlugin: ${key} is a ${typeof value}, expected a function`);
    }
  }
  return plugin;
}
