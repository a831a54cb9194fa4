import { definePlugin, draw, Picture } from "@aquatint/plugin";

const COUNT = 4;

export default definePlugin({
  // Called instead of drawing the request. Draws what it likes, and returns the pictures for the user.
  script({ settings, request, seed, progress, stopIfCancelled }) {
    // One picture with less and less, then more and more guidance than was asked for.
    const cfg = request.cfg ?? 7;
    const pictures = [];
    for (let index = 0; index < COUNT; index++) {
      stopIfCancelled();
      progress(index / COUNT, `picture ${index + 1} of ${COUNT}`);
      const factor = 1 + settings.amount * ((2 * index) / (COUNT - 1) - 1);
      pictures.push(...draw({ cfg: cfg * factor, seed, batch: 1 }));
    }
    return [strip(pictures), ...pictures];
  },
});

/**
 * All pictures beside each other.
 * @param {Picture[]} pictures
 */
function strip(pictures) {
  const { width, height } = pictures[0];
  const all = Picture.create(width * pictures.length, height, "rgb8");
  pictures.forEach((picture, index) => all.paste(picture, index * width, 0));
  return all;
}
