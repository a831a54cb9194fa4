import { Graph as RawGraph, Tensor as RawTensor, load as loadRaw, models as listModels } from "aquatint:plugin/inference@0.1.0";
import { ours } from "./arrays.js";
import { rawLatents, wrapLatents } from "./latents.js";
import { rawPicture, wrapPicture } from "./picture.js";
import { Problem, ask, finite, oneOf, shown, whole } from "./problem.js";
import { Resource, handle, take } from "./resource.js";

const TYPES = ["FP16", "FP32", "FP64", "BF16", "U8", "I32", "I64"];
const ORDERS = ["planes", "pixels"];
const TENSOR = "tensor";
const GRAPH = "model";

// Which JavaScript array holds the elements of a tensor; bytes where there is none.
const ARRAYS = { FP32: Float32Array, FP64: Float64Array, U8: Uint8Array, I32: Int32Array, I64: BigInt64Array };

export class Tensor extends Resource {
  constructor(raw) {
    if (!(raw instanceof RawTensor)) throw new TypeError("tensors are made by Tensor.create, ofPicture and ofLatents");
    super(raw, TENSOR);
  }

  static create(dimensions, element, data) {
    oneOf("element", element, TYPES);
    if (!ArrayBuffer.isView(data)) {
      throw new Problem("invalid-input", `data is ${shown(data)}, expected a typed array`);
    }
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const shape = Uint32Array.from(dimensions, (side) => whole("dimension", side, 0, 0xffffffff));
    return new Tensor(ask(() => RawTensor.create(shape, element, bytes)));
  }

  static ofPicture(picture, { order = "planes", scale = 1, offset = 0 } = {}) {
    oneOf("order", order, ORDERS);
    return new Tensor(
      ask(() => RawTensor.ofImage(rawPicture(picture), order, finite("scale", scale), finite("offset", offset))),
    );
  }

  static ofLatents(latents) {
    return new Tensor(ask(() => RawTensor.ofLatents(rawLatents(latents))));
  }

  get dimensions() {
    return Array.from(raw(this).dimensions());
  }

  get element() {
    return raw(this).element();
  }

  data() {
    const bytes = ours(ask(() => raw(this).data()));
    const array = ARRAYS[this.element];
    return array ? new array(bytes.slice().buffer) : bytes;
  }

  toPicture({ order = "planes", scale = 1, offset = 0 } = {}) {
    oneOf("order", order, ORDERS);
    return wrapPicture(ask(() => raw(this).toImage(order, finite("scale", scale), finite("offset", offset))));
  }

  toLatents() {
    return wrapLatents(ask(() => raw(this).toLatents()));
  }
}

export class Graph extends Resource {
  constructor(raw) {
    if (!(raw instanceof RawGraph)) throw new TypeError("models are loaded by inference.load");
    super(raw, GRAPH);
  }

  get inputs() {
    return handle(this, Graph, GRAPH).inputs().map(port);
  }

  get outputs() {
    return handle(this, Graph, GRAPH).outputs().map(port);
  }

  compute(inputs) {
    const graph = handle(this, Graph, GRAPH);
    // Looked at before any is taken over: a mistake in one leaves the others to the plugin.
    const entries = Object.entries(inputs);
    for (const [, tensor] of entries) raw(tensor);
    const named = entries.map(([name, tensor]) => [name, take(tensor, Tensor, TENSOR)]);
    const outputs = ask(() => graph.compute(named));
    return Object.fromEntries(outputs.map(([name, tensor]) => [name, new Tensor(tensor)]));
  }
}

export function models() {
  return Array.from(listModels());
}

export function load({ asset, model }) {
  if ((asset === undefined) === (model === undefined)) {
    throw new Problem("invalid-input", "expected { asset: NAME } or { model: NAME }");
  }
  const source = asset === undefined ? { tag: "model", val: model } : { tag: "asset", val: asset };
  return new Graph(ask(() => loadRaw(source)));
}

function port({ name, element, dimensions }) {
  return { name, element, dimensions: Array.from(dimensions, (side) => side ?? null) };
}

function raw(tensor) {
  return handle(tensor, Tensor, TENSOR);
}
