// What a plugin imports. Each module stands on one interface of the contract, and what a plugin does not use is left
// out of its bundle, so that it imports no interface that it did not ask for.

export { definePlugin } from "./src/plugin.js";
export { Problem } from "./src/problem.js";
export { generator as randomFrom } from "./src/random.js";
export { flag, int, number, text, choice, seed } from "./src/values.js";
export { log } from "./src/log.js";
export * as assets from "./src/assets.js";
export { Picture } from "./src/picture.js";
export { Latents, Moment } from "./src/latents.js";
export { generate, draw, Ticket } from "./src/generate.js";
export * as store from "./src/store.js";
export { fetch } from "./src/fetch.js";
export * as inference from "./src/inference.js";
