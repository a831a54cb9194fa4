import { definePlugin, Picture } from "@aquatint/plugin";

export default definePlugin({
  // Called with each picture that was drawn. Returns another one, or nothing for this one as it was changed.
  postProcess(picture, { settings }) {
    const { width, height } = picture;
    // A glow: what is bright shines over its edges. The host does it at native speed; JavaScript that loops over the
    // pixels would take seconds.
    const glow = picture.blur(Math.min(256, Math.max(width, height) / 40));
    picture.paste(glow, 0, 0, { blend: "screen", opacity: settings.amount });
    // A vignette: black, mixed in where a mask is white. The mask is made small, and then stretched.
    const middle = Picture.create(48, 48, "gray8");
    const mask = Picture.create(64, 64, "gray8").fill("#fff").paste(middle, 8, 8).blur(8).resize(width, height);
    const shaded = picture.clone();
    shaded.mix(picture.clone().fill("#000"), mask);
    picture.paste(shaded, 0, 0, { opacity: settings.amount });
  },
});
