import { Problem, assets, definePlugin, randomFrom } from "@aquatint/plugin";
import { expand } from "./expand.js";
import { TemplateError } from "./parse.js";
import { Wildcards } from "./wildcards.js";

export default definePlugin({
  preProcess(request, { settings, seed, log }) {
    try {
      const wildcards = new Wildcards();
      for (const name of assets.names()) {
        if (name.startsWith("wildcards/")) wildcards.addFile(name, assets.text(name));
      }
      wildcards.addSetting(settings.wildcards);
      const changes = {};
      for (const field of settings.negative ? ["prompt", "negative"] : ["prompt"]) {
        // A stream each: what is tried in one prompt leaves the other as it was.
        const options = { where: field, wildcards, random: randomFrom(seed, field), missing: settings.missing };
        const text = expand(request[field] ?? "", options);
        if (text === (request[field] ?? "")) continue;
        changes[field] = text;
        log.info(`${field}: ${text}`);
      }
      return changes;
    } catch (error) {
      if (error instanceof TemplateError) throw new Problem("invalid-input", error.message);
      throw error;
    }
  },
});
