import { Latents as Raw, Moment as RawMoment } from "aquatint:plugin/latents@0.1.0";
import { isKind, ours } from "./arrays.js";
import { ask, finite, whole } from "./problem.js";
import { Resource, handle } from "./resource.js";

const NOUN = "tensor of latents";
const MOMENT = "moment";
const U32 = 0xffffffff;

export class Latents extends Resource {
  constructor(raw) {
    if (!(raw instanceof Raw)) throw new TypeError("latents are made by Latents.create");
    super(raw, NOUN);
  }

  static create(shape) {
    return new Latents(ask(() => Raw.create(indices("shape", shape))));
  }

  get shape() {
    return Array.from(raw(this).shape());
  }

  read(start, extent) {
    const tensor = raw(this);
    if (!start) return ours(ask(() => tensor.readAll()));
    return ours(ask(() => tensor.read(indices("start", start), indices("extent", extent))));
  }

  write(numbers, start, extent) {
    const tensor = raw(this);
    const floats = isKind(numbers, "Float32Array") ? numbers : Float32Array.from(numbers);
    if (!start) ask(() => tensor.writeAll(floats));
    else ask(() => tensor.write(indices("start", start), indices("extent", extent), floats));
    return this;
  }

  clone() {
    return new Latents(ask(() => raw(this).clone()));
  }

  add(other, factor = 1) {
    ask(() => raw(this).add(raw(other), finite("factor", factor)));
    return this;
  }

  scale(factor) {
    ask(() => raw(this).scale(finite("factor", factor)));
    return this;
  }

  shift(amount) {
    ask(() => raw(this).shift(finite("amount", amount)));
    return this;
  }

  lerp(other, amount) {
    ask(() => raw(this).lerp(raw(other), finite("amount", amount)));
    return this;
  }

  mix(other, mask) {
    ask(() => raw(this).mix(raw(other), raw(mask)));
    return this;
  }

  noise(seed, strength = 1) {
    ask(() => raw(this).noise(BigInt.asUintN(64, BigInt(seed)), finite("strength", strength)));
    return this;
  }

  roll(dimension, by) {
    ask(() => raw(this).roll(whole("dimension", dimension, 0, 7), whole("by", by, -0x80000000, 0x7fffffff)));
    return this;
  }

  flip(dimension) {
    ask(() => raw(this).flip(whole("dimension", dimension, 0, 7)));
    return this;
  }

  statistics() {
    return raw(this).statistics();
  }
}

export class Moment extends Resource {
  constructor(raw) {
    if (!(raw instanceof RawMoment)) throw new TypeError("moments are given to denoise");
    super(raw, MOMENT);
  }

  get phase() {
    return rawMoment(this).phase();
  }

  get step() {
    return rawMoment(this).step();
  }

  get steps() {
    return rawMoment(this).steps();
  }

  get sigma() {
    return rawMoment(this).sigma();
  }

  predicted() {
    return optional(ask(() => rawMoment(this).predicted()));
  }

  keep(name, latents) {
    ask(() => rawMoment(this).keep(name, raw(latents)));
  }

  kept(name) {
    return optional(ask(() => rawMoment(this).kept(name)));
  }
}

function raw(latents) {
  return handle(latents, Latents, NOUN);
}

/** For `inference`, which gives and takes latents too. */
export const wrapLatents = (tensor) => new Latents(tensor);
export const rawLatents = raw;

function rawMoment(moment) {
  return handle(moment, Moment, MOMENT);
}

function optional(tensor) {
  return tensor === undefined || tensor === null ? undefined : new Latents(tensor);
}

function indices(name, list) {
  return Uint32Array.from(list, (item) => whole(name, item, 0, U32));
}
