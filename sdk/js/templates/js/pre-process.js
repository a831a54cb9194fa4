import { definePlugin } from "@aquatint/plugin";

const MOODS = ["at dawn", "in thick fog", "under a starry sky", "after the rain", "in golden light"];

export default definePlugin({
  // Called once for each picture, before it is drawn. What it returns replaces fields of the request.
  preProcess(request, { settings, random, log }) {
    if (random() >= settings.amount) return;
    // `random` follows from the picture's seed: another picture has another mood, the same one has it again.
    const mood = MOODS[Math.floor(random() * MOODS.length)];
    log.info(`adds "${mood}"`);
    return { prompt: `${request.prompt}, ${mood}` };
  },
});
