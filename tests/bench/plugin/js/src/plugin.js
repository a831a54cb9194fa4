// What is measured of a plugin in JavaScript. By its progress the host sees when it is entered.

import { definePlugin } from "@aquatint/plugin";

import { develop } from "./filter.js";

export default definePlugin({
  postProcess(picture, { settings, progress }) {
    progress(0);
    if (settings.work === "filter") {
      const pixels = picture.read();
      develop(pixels);
      picture.write(pixels);
    }
  },
});
