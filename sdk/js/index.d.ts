/// <reference lib="esnext.disposable" />

/**
 * Writing Aquatint plugins in JavaScript and TypeScript.
 *
 * A plugin's code is interpreted: a loop over the pixels of a picture is some 700 times slower than the host's own
 * operations. Compose those: {@link Picture.resize}, {@link Picture.paste}, {@link Picture.mix}, {@link Picture.blur},
 * {@link Picture.fill}.
 */

/** What a plugin is: its hooks. It has those that its `plugin.toml` lists. Each may be `async`. */
export interface Plugin {
  /**
   * Changes a request before anything is drawn. Called once for each picture of a batch.
   *
   * @returns the fields to change; nothing changes nothing. `seed` and `batch` cannot be changed.
   */
  preProcess?(request: Request, job: Job): Maybe<Changes>;

  /**
   * Sees and changes latents while a picture is drawn, in place. When it is called is in the manifest (`[denoise]`).
   * Each call begins with a fresh memory: use {@link Moment.keep} for what a later moment is to have.
   */
  denoise?(moment: Moment, latents: Latents, job: Job): Maybe<void>;

  /**
   * Pixels to pixels, after a picture is drawn.
   *
   * @returns another picture, of whatever size; or nothing, for the one that was given with what was done to it.
   */
  postProcess?(picture: Picture, job: Job): Maybe<Picture>;

  /**
   * Drives drawing itself, with {@link draw} and {@link generate}. Called instead of drawing the request. Needs the
   * permission `generate`.
   *
   * @returns the pictures for the user, in order; at most 256.
   */
  script?(job: Job): Picture | Iterable<Picture> | Promise<Picture | Iterable<Picture>>;

  /** Axes for sweeps, by key; at most 16. A function, where they depend on the settings. */
  sweep?: Axes | ((job: Job) => Axes | Promise<Axes>);
}

type Maybe<T> = T | undefined | null | void | Promise<T | undefined | null | void>;

/** Axes, by what people write to choose one: like a setting's key. */
export type Axes = Record<string, Axis>;

/** An axis of a sweep. */
export interface Axis {
  /** What people read; the key if there is none. */
  label?: string;
  /** The points, in order; at most 1,000. `request` is what they will change. */
  points(request: Request, job: Job): Iterable<Point> | Promise<Iterable<Point>>;
}

/** A point on an axis. */
export interface Point {
  /** What stands beside its row or column. */
  label: string | number;
  /** The fields of the request to change there. */
  changes: Changes;
}

/** Checks the names of the hooks and gives editors the types. Export what it returns as default. */
export function definePlugin(plugin: Plugin): Plugin;

/** The call that is being answered. Nothing in it needs `this`: `{ settings, random }` takes two things out of it. */
export interface Job {
  /** The seed of the picture at hand. */
  readonly seed: bigint;
  /** Which picture of its batch this is, from 0. */
  readonly index: number;
  /** The plugin's settings, by key, defaults filled in. */
  readonly settings: Settings;
  /** The request behind this job, as it is at this point: earlier plugins may have changed it. */
  readonly request: Request;
  /**
   * A number from 0 up to but not including 1. The numbers follow from the seed, so a picture can be made again.
   * `Math.random` does the same, unless the plugin has the permission `random`: then that one is real chance.
   */
  readonly random: () => number;
  /** The host's log. `console.log` and its kin write there too. */
  readonly log: Log;
  /** What may be chosen for a field of a request: `choices("sampler")`. Throws `not-found` for a field without. */
  choices(field: string): string[];
  /** Says how far the call is, 0 to 1, and what it is doing, in a few words. Say it as often as you like. */
  progress(fraction: number, note?: string): void;
  /**
   * Real milliseconds until the call is stopped. A picture that depends on it cannot be made again; its recipe says
   * that this was asked.
   */
  timeLeft(): number;
  /** Whether the user no longer wants the result. */
  cancelled(): boolean;
  /** Throws {@link Problem} `cancelled` if the user no longer wants the result. For long loops. */
  stopIfCancelled(): void;
}

/**
 * The value of a setting: a flag is a boolean, numbers are numbers (whole ones beyond 2^53 are bigints), texts, choices
 * and pictures (by the name for {@link Picture.open}) are strings, a color is a {@link Color}, a seed is a bigint, a list
 * is an array, and what is left to the host is `null`.
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Settings = Record<string, any>;

/** A request, by the names of its fields. `null` is a field that is left to the model. Later versions may add some. */
export interface Request {
  readonly prompt: string;
  readonly negative: string;
  readonly model: string | null;
  readonly seed: bigint | null;
  readonly steps: number | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly batch: number | null;
  readonly cfg: number | null;
  readonly cfg_rescale: number | null;
  readonly sampler: string | null;
  readonly schedule: string | null;
  readonly noise: string | null;
  readonly clip_skip: number | null;
  readonly emphasis: string | null;
  readonly provider: string | null;
  readonly [field: string]: unknown;
}

/** Fields of a request and what they become; those that are not named stay. */
export interface Changes {
  prompt?: string;
  negative?: string;
  model?: string | null;
  /** Not for `preProcess`. */
  seed?: bigint | number | null;
  steps?: number | null;
  /** In pixels. */
  width?: number | null;
  /** In pixels. */
  height?: number | null;
  /** Not for `preProcess`. */
  batch?: number;
  cfg?: number | null;
  cfg_rescale?: number | null;
  sampler?: string | null;
  schedule?: string | null;
  noise?: string | null;
  clip_skip?: number | null;
  emphasis?: string | null;
  provider?: string | null;
  /** A picture to start from. For {@link draw} and {@link generate}. */
  init?: Picture | string;
  /** How far to go from `init`, 0 to 1. */
  strength?: number;
  /** Where `init` may change. */
  mask?: Picture | string;
  [field: string]: Value | undefined;
}

/** What a field or a setting may be given. */
export type Value =
  | null
  | boolean
  | number
  | bigint
  | string
  | Color
  | Picture
  | Typed
  | readonly string[]
  | readonly number[];

/** A value whose kind is said and not guessed, for fields that this SDK does not know. */
export interface Typed {
  readonly [kind: symbol]: unknown;
}

/** Yes or no. */
export function flag(value: boolean): Typed;
/** A whole number. */
export function int(value: number | bigint): Typed;
/** A number, also where it happens to be whole. */
export function number(value: number): Typed;
/** A text. */
export function text(value: string): Typed;
/** One of the values that a schema lists. */
export function choice(value: string): Typed;
/** A seed, 0 to 2^64 - 1. */
export function seed(value: number | bigint): Typed;

/** Why something did not happen. */
export type ProblemKind =
  /** What was given makes no sense. The same call will fail again. */
  | "invalid-input"
  /** What was given makes sense but cannot be done here. */
  | "unsupported"
  /** No such thing. */
  | "not-found"
  /** The user's grant does not cover this. */
  | "denied"
  /** A budget is spent: pixels, handles, quota, bytes. */
  | "exhausted"
  /** The job was cancelled. */
  | "cancelled"
  /** Something went wrong that may go well another time. */
  | "failed";

/**
 * What the host's functions throw, and what a plugin throws to say why it cannot do what was asked. Any other error that
 * leaves a hook is a mistake in the plugin: it becomes `failed` with the place in the sources, and the log has the rest.
 */
export class Problem extends Error {
  /** @param message what was wrong and what was expected, in one line without a full stop */
  constructor(kind: ProblemKind, message?: string);
  readonly kind: ProblemKind;
}

/**
 * A stream of chance like `job.random`, from a seed of one's own: another `tag` gives another stream. For choices that
 * must not depend on how often something else was drawn.
 */
export function randomFrom(seed: bigint, tag?: string): () => number;

/** Lines in the host's log. `fields` are named details that a reader may filter by. */
export interface Log {
  trace(message: unknown, fields?: Record<string, unknown>): void;
  debug(message: unknown, fields?: Record<string, unknown>): void;
  info(message: unknown, fields?: Record<string, unknown>): void;
  warn(message: unknown, fields?: Record<string, unknown>): void;
  error(message: unknown, fields?: Record<string, unknown>): void;
}

/** The host's log; also at hand as `job.log`. */
export const log: Log;

/** Width and height in pixels, each 1 to 16384. */
export interface Size {
  width: number;
  height: number;
}

/** A rectangle inside a picture, in pixels, from its top left corner. */
export interface Area {
  x?: number;
  y?: number;
  width: number;
  height: number;
}

/** A colour in sRGB, each part 0 to 255. */
export interface Color {
  red: number;
  green: number;
  blue: number;
  /** 0 is transparent; 255 if it is left out. */
  alpha?: number;
}

/** A colour as `#rgb`, `#rrggbb`, `#rrggbbaa`, a list of 3 or 4 parts, or a {@link Color}. */
export type ColorLike = string | readonly number[] | Color;

/**
 * How a pixel is stored: 3 bytes; 4 bytes, not premultiplied; 1 byte, luma; 4 floats, 0 to 1.
 */
export type PixelFormat = "rgb8" | "rgba8" | "gray8" | "rgba-f32";

/** How pixels between pixels are found. `lanczos3` is the sharpest. */
export type Filter = "nearest" | "bilinear" | "bicubic" | "lanczos3";

/** How a pasted pixel `s` meets the pixel `d` below it: `s`, `s * d`, `s + d - s * d`, both by `d`, or `s + d`. */
export type Blend = "normal" | "multiply" | "screen" | "overlay" | "add";

/** A picture's pixels: bytes, or floats where the format is `rgba-f32`; row by row from the top, without gaps. */
export type Pixels = Uint8Array | Uint8ClampedArray | Float32Array;

/** Something that the host holds for the plugin. */
interface Handle extends Disposable {
  /**
   * Gives it back before the call ends, and what it counts against the plugin's budget. Needed only in loops over many
   * large things: when a call returns, everything is given back. `using` does it at the end of a block.
   */
  dispose(): void;
}

/**
 * A picture. Its pixels live in the host, and the methods here run at native speed.
 *
 * `resize`, `crop`, `blur`, `convert` and `clone` make another picture; `fill`, `paste`, `mix` and `write` change this one
 * and return it. Errors are {@link Problem}s: `invalid-input` for arguments, `exhausted` for budgets.
 */
export class Picture implements Handle {
  private constructor();
  /** A new picture: black, and transparent where the format has alpha. */
  static create(width: number, height: number, format?: PixelFormat): Picture;
  /** A picture from the bytes of a PNG file. */
  static decode(png: Uint8Array): Picture;
  /** The picture with a name: from {@link Picture.name}, or of a setting or field of kind image. */
  static open(name: string): Picture;

  readonly size: Size;
  readonly width: number;
  readonly height: number;
  readonly format: PixelFormat;

  /** The pixels of an area, or all. Slow to loop over: see the top of this file. */
  read(area?: Area): Pixels;
  /** Replaces the pixels of an area, or all, in this picture's format. */
  write(pixels: Pixels, area?: Area): this;
  /** Another picture with the same pixels and metadata. Costs nothing until one of the two is written to. */
  clone(): Picture;
  /** Sets every pixel of an area, or all, to one colour. */
  fill(color: ColorLike, area?: Area): this;
  /** A scaled copy; `bicubic` if no filter is given. */
  resize(width: number, height: number, filter?: Filter): Picture;
  /** A copy of an area. */
  crop(area: Area): Picture;
  /**
   * Puts `source` onto this picture, its top left corner at `x`, `y`, which may be outside. `opacity`, 0 to 1, multiplies
   * the source's alpha.
   */
  paste(source: Picture, x?: number, y?: number, options?: { opacity?: number; blend?: Blend }): this;
  /** Weighs this picture (where `mask` is black) against `other` (where it is white). All have the same size. */
  mix(other: Picture, mask: Picture): this;
  /** A blurred copy; `radius` is the Gaussian's standard deviation in pixels, 0 to 256. */
  blur(radius: number): Picture;
  /** A copy in another format. */
  convert(format: PixelFormat): Picture;
  /** The bytes of a PNG file with these pixels, without metadata. */
  encode(): Uint8Array;
  /** What is written beside the pixels. A generated picture has `parameters`, in the form that A1111 writes. */
  readonly metadata: Record<string, string>;
  /** Adds, replaces or (with `null`) removes one text. `parameters` and `aquatint` belong to the host. */
  setMetadata(key: string, text: string | null): this;
  /** A name for this picture as it is now, good until the call ends. A picture as the value of a field does this. */
  name(): string;
  dispose(): void;
  [Symbol.dispose](): void;
}

/** What a tensor's numbers are like. */
export interface Statistics {
  minimum: number;
  maximum: number;
  mean: number;
  /** Standard deviation. */
  deviation: number;
}

/**
 * A tensor of 32-bit floats, held by the host: what a picture is while it is being drawn, `[channels, height, width]`.
 * The methods that change it return it. Numbers must be finite.
 */
export class Latents implements Handle {
  private constructor();
  /** A new tensor of zeros, of 1 to 8 dimensions. */
  static create(shape: readonly number[]): Latents;
  /** Outermost dimension first. */
  readonly shape: number[];
  /** The numbers of a window, or all; the last dimension runs fastest. */
  read(start?: readonly number[], extent?: readonly number[]): Float32Array;
  /** Replaces the numbers of a window, or all. */
  write(numbers: ArrayLike<number>, start?: readonly number[], extent?: readonly number[]): this;
  /** Another tensor with the same numbers. Costs nothing until one of the two is written to. */
  clone(): Latents;
  /** `this += factor * other` */
  add(other: Latents, factor?: number): this;
  /** `this *= factor` */
  scale(factor: number): this;
  /** `this += amount` */
  shift(amount: number): this;
  /** `this += amount * (other - this)` */
  lerp(other: Latents, amount: number): this;
  /** `this += mask * (other - this)`; the mask may have 1 in some dimensions. */
  mix(other: Latents, mask: Latents): this;
  /** `this += strength * noise`: the noise that a picture of this shape with this seed starts from. */
  noise(seed: bigint | number, strength?: number): this;
  /** Moves everything `by` places along a dimension (from 0, the outermost), around the end. */
  roll(dimension: number, by: number): this;
  /** Mirrors along a dimension. */
  flip(dimension: number): this;
  statistics(): Statistics;
  dispose(): void;
  [Symbol.dispose](): void;
}

/** A moment in the drawing of a picture. */
export class Moment implements Handle {
  private constructor();
  /** `noise`: before the first step, the latents are the noise that drawing starts from. `step`: after a step. */
  readonly phase: "noise" | "step";
  /** Which step was just taken, from 1; 0 in phase `noise`. */
  readonly step: number;
  readonly steps: number;
  /** How much noise the latents hold now (k-diffusion's sigma), 0 after the last step. */
  readonly sigma: number;
  /** The model's idea of the finished picture, as a copy; nothing in phase `noise`. */
  predicted(): Latents | undefined;
  /** Keeps a copy under a name until this picture is done. */
  keep(name: string, latents: Latents): void;
  /** A copy of what was kept under a name. */
  kept(name: string): Latents | undefined;
  dispose(): void;
  [Symbol.dispose](): void;
}

/** A request that was handed in. Disposing of it cancels what is not done. */
export class Ticket implements Handle {
  private constructor();
  /** Whether {@link Ticket.wait} would return at once. */
  readonly done: boolean;
  /** The pictures, in the order of their seeds. Once. */
  wait(): Picture[];
  cancel(): void;
  dispose(): void;
  [Symbol.dispose](): void;
}

/** Hands in a request: the job's own with these changes. At most 64 may be open at once. Only in `script`. */
export function generate(changes?: Changes): Ticket;
/** Hands in a request and waits for its pictures. Only in `script`. */
export function draw(changes?: Changes): Picture[];

/** The files in the plugin's folder `assets`, read-only. */
export namespace assets {
  /** Their names, sorted, with `/` between folders. */
  function names(): string[];
  /** The bytes of one. Throws `not-found`. */
  function read(name: string): Uint8Array;
  function text(name: string): string;
  function json(name: string): unknown;
}

/**
 * Bytes kept from one call to the next, under a quota. Needs the permission `store`. Keys have 1 to 128 characters out
 * of `a-z`, `0-9`, `.`, `_`, `-`. Use it to save work, not to decide what a picture looks like.
 */
export namespace store {
  function get(key: string): Uint8Array | undefined;
  function getText(key: string): string | undefined;
  function getJson(key: string): unknown;
  function set(key: string, value: Uint8Array | string): void;
  function setJson(key: string, value: unknown): void;
  /** Whether it was there. */
  function remove(key: string): boolean;
  function keys(prefix?: string): string[];
  /** In bytes. */
  function usage(): { used: number; quota: number };
}

/** What a server answered. */
export interface Response {
  /** 404 is a response too. */
  readonly status: number;
  /** Whether the status is 200 to 299. */
  readonly ok: boolean;
  /** Names in lower case. */
  readonly headers: Record<string, string>;
  readonly body: Uint8Array;
  text(): string;
  json(): unknown;
}

/**
 * HTTPS, to the hosts that the manifest names and the user granted. Needs the permission `net`. Waits for all of the
 * answer: this is not the `fetch` of browsers, and returns no promise.
 */
export function fetch(
  url: string,
  options?: {
    method?: string;
    headers?: Record<string, string>;
    body?: string | Uint8Array;
    /** Milliseconds. */
    timeout?: number;
    /** The longest body to accept. */
    maxBytes?: number;
    /** Whether to follow redirects. */
    redirects?: boolean;
  },
): Response;

/** Running ONNX models on the host's providers. Needs the permission `inference`. */
export namespace inference {
  type TensorType = "FP16" | "FP32" | "FP64" | "BF16" | "U8" | "I32" | "I64";
  /** `planes`: `[1, 3, height, width]`. `pixels`: `[1, height, width, 3]`. */
  type ChannelOrder = "planes" | "pixels";
  type TypedArray = Uint8Array | Uint16Array | Int32Array | BigInt64Array | Float32Array | Float64Array;

  /** An input or output of a model; a dimension that any number fits is `null`. */
  interface Port {
    name: string;
    element: TensorType;
    dimensions: (number | null)[];
  }

  class Tensor implements Handle {
    private constructor();
    /** From numbers in row-major order. */
    static create(dimensions: readonly number[], element: TensorType, data: TypedArray): Tensor;
    /** From a picture, as FP32: `scale * v + offset` for each colour `v`, 0 to 1. */
    static ofPicture(picture: Picture, options?: { order?: ChannelOrder; scale?: number; offset?: number }): Tensor;
    static ofLatents(latents: Latents): Tensor;
    readonly dimensions: number[];
    readonly element: TensorType;
    /** Its numbers; bytes for FP16 and BF16, which JavaScript has no array for. */
    data(): TypedArray;
    /** A picture from floats with 3 channels or 1: `scale * v + offset`, clamped to 0 to 1. */
    toPicture(options?: { order?: ChannelOrder; scale?: number; offset?: number }): Picture;
    toLatents(): Latents;
    dispose(): void;
    [Symbol.dispose](): void;
  }

  /** A model, loaded. */
  class Graph implements Handle {
    private constructor();
    readonly inputs: Port[];
    readonly outputs: Port[];
    /** Runs it with all inputs by name. They are handed over: they cannot be used again. */
    compute(inputs: Record<string, Tensor>): Record<string, Tensor>;
    dispose(): void;
    [Symbol.dispose](): void;
  }

  /** The names that `load({ model })` may have here. */
  function models(): string[];
  /** Loads an asset of the plugin, or a model that the user has for plugins. */
  function load(source: { asset: string } | { model: string }): Graph;
}
