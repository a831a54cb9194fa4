import { Image, open } from "aquatint:plugin/image@0.1.0";
import { isKind, ours } from "./arrays.js";
import { Problem, ask, finite, oneOf, shown, whole } from "./problem.js";
import { Resource, handle } from "./resource.js";
import { AS_VALUE, toColor } from "./values.js";

const FORMATS = ["rgb8", "rgba8", "gray8", "rgba-f32"];
const FILTERS = ["nearest", "bilinear", "bicubic", "lanczos3"];
const BLENDS = ["normal", "multiply", "screen", "overlay", "add"];
const LARGEST = 16384;
const NOUN = "picture";

export class Picture extends Resource {
  constructor(raw) {
    if (!(raw instanceof Image)) throw new TypeError("pictures are made by Picture.create, decode and open");
    super(raw, NOUN);
  }

  static create(width, height, format = "rgba8") {
    const size = sizeOf(width, height);
    oneOf("format", format, FORMATS);
    return new Picture(ask(() => Image.create(size, format)));
  }

  static decode(png) {
    return new Picture(ask(() => Image.decode(png)));
  }

  static open(name) {
    return new Picture(ask(() => open(name)));
  }

  get size() {
    return raw(this).size();
  }

  get width() {
    return this.size.width;
  }

  get height() {
    return this.size.height;
  }

  get format() {
    return raw(this).format();
  }

  read(area) {
    const image = raw(this);
    const bytes = ours(ask(() => (area ? image.read(areaOf(area)) : image.readAll())));
    return image.format() === "rgba-f32" ? new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4) : bytes;
  }

  write(pixels, area) {
    const image = raw(this);
    const bytes = bytesOf(pixels, image.format());
    ask(() => (area ? image.write(areaOf(area), bytes) : image.writeAll(bytes)));
    return this;
  }

  clone() {
    return new Picture(ask(() => raw(this).clone()));
  }

  fill(color, area) {
    const image = raw(this);
    const where = area ? areaOf(area) : { x: 0, y: 0, ...image.size() };
    ask(() => image.fill(where, toColor(color)));
    return this;
  }

  resize(width, height, filter = "bicubic") {
    const size = sizeOf(width, height);
    oneOf("filter", filter, FILTERS);
    return new Picture(ask(() => raw(this).resize(size, filter)));
  }

  crop(area) {
    return new Picture(ask(() => raw(this).crop(areaOf(area))));
  }

  paste(source, x = 0, y = 0, { opacity = 1, blend = "normal" } = {}) {
    whole("x", x, -0x80000000, 0x7fffffff);
    whole("y", y, -0x80000000, 0x7fffffff);
    finite("opacity", opacity);
    oneOf("blend", blend, BLENDS);
    ask(() => raw(this).paste(raw(source), x, y, opacity, blend));
    return this;
  }

  mix(other, mask) {
    ask(() => raw(this).mix(raw(other), raw(mask)));
    return this;
  }

  blur(radius) {
    finite("radius", radius);
    return new Picture(ask(() => raw(this).blur(radius)));
  }

  convert(format) {
    oneOf("format", format, FORMATS);
    return new Picture(ask(() => raw(this).convert(format)));
  }

  encode() {
    return ours(ask(() => raw(this).encode()));
  }

  get metadata() {
    return Object.fromEntries(raw(this).metadata());
  }

  setMetadata(key, text) {
    ask(() => raw(this).setMetadata(key, text === null || text === undefined ? undefined : String(text)));
    return this;
  }

  name() {
    return ask(() => raw(this).name());
  }

  [AS_VALUE]() {
    return { tag: "picture", val: this.name() };
  }
}

function raw(picture) {
  return handle(picture, Picture, NOUN);
}

/** For `inference` and `generate`, which give and take pictures too. */
export const wrapPicture = (image) => new Picture(image);
export const rawPicture = raw;

function sizeOf(width, height) {
  return { width: whole("width", width, 1, LARGEST), height: whole("height", height, 1, LARGEST) };
}

function areaOf({ x = 0, y = 0, width, height }) {
  return {
    x: whole("x", x, 0, LARGEST),
    y: whole("y", y, 0, LARGEST),
    width: whole("width", width, 1, LARGEST),
    height: whole("height", height, 1, LARGEST),
  };
}

function bytesOf(pixels, format) {
  if (format === "rgba-f32") {
    if (isKind(pixels, "Float32Array")) {
      return new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength);
    }
    throw new Problem("invalid-input", `pixels are ${shown(pixels)}, expected a Float32Array for rgba-f32`);
  }
  if (isKind(pixels, "Uint8Array")) return pixels;
  if (isKind(pixels, "Uint8ClampedArray")) {
    return new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength);
  }
  throw new Problem("invalid-input", `pixels are ${shown(pixels)}, expected a Uint8Array for ${format}`);
}
