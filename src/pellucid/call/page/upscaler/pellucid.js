// Pellucid in a page: video made twice as wide and high by an integer network, on WebAssembly or WebGPU.
//
//     import { upscale } from "./pellucid.js";
//     const running = await upscale(video);        // a canvas takes the video's place

import { BACKENDS, compare } from "./backends.js";
import { Drive } from "./drive.js";
import { mix } from "./mix.js";
import { ModelError, readModel, withStrength } from "./model.js";
import { compile } from "./wasm.js";

export { BACKENDS, ModelError };
export { readFrame, readVideo, writeFrame } from "./planes.js";

/** The models that come with the package. */
export const MODELS = {
  standard: new URL("./models/standard.safetensors", import.meta.url),
  lite: new URL("./models/lite.safetensors", import.meta.url),
  clean: new URL("./models/clean.safetensors", import.meta.url),
  vivid: new URL("./models/vivid.safetensors", import.meta.url),
};

const SETTINGS = ["model", "backend", "threads", "strength", "reuse", "size"];
const SPARE = "wasm"; // the backend that goes on when another broke down
const CALL_SIZE = [480, 360]; // of the frame that backends are compared by

/**
 * Enlarges what a video element shows, frame by frame, for as long as it plays: a Drive.
 *
 * canvas: where to draw; without it a new one takes the video's place on the page. track: true for a
 * MediaStreamTrack instead, `.track` of what is returned. All else: see Upscaler.start. Where a page
 * cannot run the network the browser's own scaling is shown, and the reason stands in `stats`.
 */
export async function upscale(video, { canvas = null, track = false, ...settings } = {}) {
  const { upscaler, reason } = await startedOrWhyNot({ size: sizeOf(video), ...settings });
  const drive = new Drive(video, { canvas, track });
  drive.run(upscaler, { reason, spare: () => Upscaler.start({ ...settings, backend: SPARE }) });
  return drive;
}

/** Enlarges the frames of one stream, given as planes. */
export class Upscaler {
  #running;

  /**
   * model: a name in MODELS, a URL, or the bytes of a model file. backend: a name in BACKENDS, or
   * "fastest" for the fastest that works here. threads: of WebAssembly; as many as the machine
   * leaves free, at most 4. strength: 0 to 2; of vivid 0 to 1, from standard to itself. reuse: false to make every frame whole. size: of the
   * frame that backends are compared by. Throws ModelError, TypeError for an unknown setting, and
   * an Error with a `reason` where nothing works.
   */
  static async start(settings = {}) {
    checkSettings(settings);
    const { model = "standard", backend = "fastest", threads, strength = 1, reuse = true, size = CALL_SIZE } = settings;
    const read = await atStrength(await readModel(await bytesOf(model)), strength);
    if (!BACKENDS.wasm.runsHere()) throw failure("this page has no WebAssembly SIMD", "no_simd");
    const module = await compile();
    const tried = backend === "fastest" ? await compare(module, read, { threads }, size) : [];
    const name = tried[0]?.name ?? backend;
    if (tried.length && tried[0].reason !== "ok") throw failure("no backend works here", tried[0].reason);
    if (!BACKENDS[name].runsHere()) throw failure(`this page has no ${name}`, "missing");
    return new Upscaler(name, await started(BACKENDS[name], module, read, { threads, reuse }), tried);
  }

  /** backend: the name of what runs. tried: what was compared, the fastest first. */
  constructor(backend, running, tried) {
    this.#running = running;
    this.backend = backend;
    this.tried = tried;
  }

  /**
   * {frame, share, level} of the stream's next frame {width, height, y, u, v, siting}: I420 planes as
   * Uint8Arrays without gaps, u and v null for grey; siting "left" or "center".
   *
   * share: of the luma's area that was the same as before and was not made again. level: which of the
   * model's networks. Wait for one frame before giving the next.
   */
  push(frame) {
    return this.#running.push(frame);
  }

  /** Ends threads and gives the device back. */
  close() {
    this.#running.close();
  }
}

function checkSettings(settings) {
  for (const name of Object.keys(settings))
    if (!SETTINGS.includes(name)) throw new TypeError(`settings: expected ${SETTINGS.join(", ")}, got ${name}`);
  const { backend = "fastest", threads = 1 } = settings;
  if (backend !== "fastest" && !(backend in BACKENDS))
    throw new TypeError(`backend: expected fastest, ${Object.keys(BACKENDS).join(", ")}, got ${backend}`);
  if (!Number.isInteger(threads) || threads < 1) throw new TypeError(`threads: expected a whole number from 1, got ${threads}`);
}

async function bytesOf(model) {
  if (model instanceof ArrayBuffer) return model;
  if (ArrayBuffer.isView(model)) return model.buffer.slice(model.byteOffset, model.byteOffset + model.byteLength);
  const response = await fetch(MODELS[model] ?? model);
  if (!response.ok) throw new ModelError(`${model}: no such model file, and not one of ${Object.keys(MODELS).join(", ")}`);
  return response.arrayBuffer();
}

async function atStrength(model, strength) {
  const { calm } = model.card.settings;
  return calm === undefined ? withStrength(model, strength) : mix(await readModel(await bytesOf(calm)), model, strength);
}

async function startedOrWhyNot(settings) {
  try {
    return { upscaler: await Upscaler.start(settings), reason: "ok" };
  } catch (error) {
    if (!error.reason) throw error;
    return { upscaler: null, reason: error.reason };
  }
}

async function started(backend, module, model, settings) {
  try {
    return await backend.start(module, model, settings);
  } catch (error) {
    throw failure(error.message, "failed");
  }
}

function failure(message, reason) {
  return Object.assign(new Error(message), { reason });
}

function sizeOf(video) {
  return video.videoWidth ? [video.videoWidth, video.videoHeight] : CALL_SIZE;
}
