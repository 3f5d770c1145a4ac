// The integer network on WebGPU. The gate, reuse and the colours are the WebAssembly module's, which
// work on the processor meanwhile.
//
// Features of whole frames stay on the device, so that a tile that did not change keeps all of its
// layers and only flagged tiles are made.

import { Colours } from "./colours.js";
import { gridOf } from "./model.js";
import { Reuse } from "./reuse.js";
import { BLOCK, TILE, layerShader, outputShader, sizesOf, wordsOf } from "./shaders.js";
import { WHOLE } from "./stream.js";
import { Core } from "./wasm.js";

const UNIT = 4; // cells that share a flag of a mask

/** Whether this page may ask for a device. */
export function runsHere() {
  return globalThis.navigator?.gpu !== undefined;
}

/** Whether what there is only plays a graphics processor on the other one. */
export async function isSoftware() {
  const adapter = await navigator.gpu.requestAdapter();
  return Boolean(adapter?.info?.isFallbackAdapter ?? adapter?.isFallbackAdapter);
}

/** Frames in, enlarged frames out, by the graphics processor. */
export class Gpu {
  #device;
  #network;
  #weights;
  #pipelines;
  #reuse;
  #colours;
  #plan = null; // of the latest size

  /** module: see wasm.js. model: see model.js. settings: {reuse}. Throws where there is no device. */
  static async start(module, model, { reuse = true } = {}) {
    const adapter = await navigator.gpu.requestAdapter();
    if (!adapter) throw new Error("WebGPU: no adapter");
    const { maxStorageBufferBindingSize, maxBufferSize } = adapter.limits;
    const device = await adapter.requestDevice({ requiredLimits: { maxStorageBufferBindingSize, maxBufferSize } });
    return new Gpu(device, await Core.start(module), model, reuse);
  }

  constructor(device, core, model, reuse) {
    this.#device = device;
    this.#network = model.networks[0]; // all have its shape
    this.#pipelines = pipelinesOf(device, this.#network);
    this.#weights = model.networks.map((network) => network.layers.map((layer) => layerBuffers(device, layer)));
    this.#reuse = new Reuse(core, model, reuse);
    this.#colours = new Colours(core);
  }

  /** {frame, share, level} of the next frame of the stream; the next only when this is there. */
  async push(frame) {
    const { width, height } = frame;
    const { level, mask, share } = this.#reuse.look(frame);
    const plan = this.#fit(width, height);
    this.#device.queue.writeBuffer(plan.picture, 0, padded(frame.y, width, height));
    this.#device.queue.writeBuffer(plan.flags, 0, plan.tiles(mask?.view() ?? null));
    const bytes = plan.run(level);
    const [u, v] = this.#colours.push(frame, WHOLE); // while the device works
    const y = unpadded(await bytes, 2 * width, 2 * height);
    return { frame: { ...frame, width: 2 * width, height: 2 * height, y, u, v }, share, level };
  }

  close() {
    this.#device.destroy();
  }

  #fit(width, height) {
    if (this.#plan?.width === width && this.#plan?.height === height) return this.#plan;
    this.#plan?.drop();
    this.#plan = new Plan(this.#device, this.#network, this.#pipelines, this.#weights, width, height);
    return this.#plan;
  }
}

/** Buffers for pictures of one size, and the order of work. */
class Plan {
  #device;
  #buffers = [];
  #steps; // for each level, in order: {pipeline, group, count}
  #rows;
  #columns;
  #out;
  #staging;

  constructor(device, network, pipelines, weights, width, height) {
    Object.assign(this, { width, height });
    this.#device = device;
    [this.#rows, this.#columns] = gridOf(network, height, width);
    const { STORAGE, COPY_DST, COPY_SRC, MAP_READ } = GPUBufferUsage;
    const outSize = 4 * wordsOf(2 * width) * 2 * height;
    this.picture = this.#buffer(4 * wordsOf(width) * height, STORAGE | COPY_DST);
    this.flags = this.#buffer(4 * this.#tileRows * this.#tileColumns, STORAGE | COPY_DST);
    this.#out = this.#buffer(outSize, STORAGE | COPY_SRC);
    this.#staging = this.#buffer(outSize, MAP_READ | COPY_DST);
    this.#steps = this.#prepare(network, pipelines, weights);
  }

  get #tileRows() {
    return Math.ceil(this.#rows / TILE);
  }

  get #tileColumns() {
    return Math.ceil(this.#columns / TILE);
  }

  /** Flags of tiles from a mask of cells; null: all. */
  tiles(mask) {
    const flags = new Uint32Array(this.#tileRows * this.#tileColumns).fill(mask ? 0 : 1);
    const units = Math.ceil(this.#columns / UNIT);
    mask?.forEach((flag, at) => {
      const row = Math.floor(at / units / TILE);
      if (flag) flags[row * this.#tileColumns + Math.floor(((at % units) * UNIT) / TILE)] = 1;
    });
    return flags;
  }

  /** Makes the output for the picture and the flags that were written: its padded rows. */
  async run(level) {
    const encoder = this.#device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    for (const { pipeline, group, count } of this.#steps[level]) {
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, group);
      pass.dispatchWorkgroups(...count);
    }
    pass.end();
    encoder.copyBufferToBuffer(this.#out, 0, this.#staging, 0, this.#staging.size);
    this.#device.queue.submit([encoder.finish()]);
    await this.#staging.mapAsync(GPUMapMode.READ);
    const bytes = new Uint8Array(this.#staging.getMappedRange()).slice();
    this.#staging.unmap();
    return bytes;
  }

  drop() {
    for (const buffer of this.#buffers) buffer.destroy();
  }

  #buffer(size, usage) {
    const buffer = this.#device.createBuffer({ size, usage });
    this.#buffers.push(buffer);
    return buffer;
  }

  #prepare({ layers }, pipelines, weights) {
    const { UNIFORM, STORAGE, COPY_DST } = GPUBufferUsage;
    const numbers = sizesOf(this.height, this.width, this.#rows, this.#columns);
    const sizes = this.#buffer(numbers.byteLength, UNIFORM | COPY_DST);
    this.#device.queue.writeBuffer(sizes, 0, numbers);
    const cells = this.#rows * this.#columns;
    const words = ({ outputs }, index) => (index === layers.length - 1 ? outputs : wordsOf(outputs));
    const made = layers.map((layer, index) => this.#buffer(4 * cells * words(layer, index), STORAGE));
    const output = this.#step(pipelines.at(-1), [sizes, this.picture, this.#out, made.at(-1)], this.#outputCount);
    const step = (buffers, index) => {
      const from = index === 0 ? this.picture : made[index - 1];
      const count = [this.#tileColumns, this.#tileRows, Math.ceil(layers[index].outputs / BLOCK)];
      return this.#step(pipelines[index], [sizes, from, made[index], ...buffers, this.flags], count);
    };
    return weights.map((ofLayers) => [...ofLayers.map(step), output]);
  }

  get #outputCount() {
    return [Math.ceil(wordsOf(2 * this.width) / TILE), Math.ceil((2 * this.height) / TILE)];
  }

  #step(pipeline, buffers, count) {
    const entries = buffers.map((buffer, binding) => ({ binding, resource: { buffer } }));
    const group = this.#device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries });
    return { pipeline, group, count };
  }
}

/** A pipeline for each layer, equal ones once, and behind them that of the output. */
function pipelinesOf(device, network) {
  const byCode = new Map();
  const pipeline = (code) => {
    if (!byCode.has(code)) byCode.set(code, compiled(device, code));
    return byCode.get(code);
  };
  const last = network.layers.length - 1;
  const codes = network.layers.map((layer, index) =>
    layerShader(layer, network.factor, { first: index === 0, last: index === last }),
  );
  return [...codes, outputShader(network)].map(pipeline);
}

function compiled(device, code) {
  const module = device.createShaderModule({ code });
  return device.createComputePipeline({ layout: "auto", compute: { module, entryPoint: "run" } });
}

/** Weights and numbers of a layer on the device, in the order of shaders.js. */
function layerBuffers(device, { inputs, outputs, kernel, shift, weight, bias, multiplier }) {
  const padded = Math.ceil(outputs / BLOCK) * BLOCK;
  const taps = kernel * kernel;
  const lanes = 4 * wordsOf(inputs);
  const weights = new Int32Array(padded * taps * lanes);
  weight.forEach((value, at) => {
    const [o, c, tap] = [Math.floor(at / taps / inputs), Math.floor(at / taps) % inputs, at % taps];
    weights[(o * taps + tap) * lanes + c] = value;
  });
  const numbers = new Int32Array(2 * padded + 1);
  numbers.set(bias);
  numbers.set(multiplier, padded);
  numbers[2 * padded] = shift;
  return [weights, numbers].map((data) => upload(device, data));
}

function upload(device, data) {
  const { STORAGE, COPY_DST } = GPUBufferUsage;
  const buffer = device.createBuffer({ size: data.byteLength, usage: STORAGE | COPY_DST });
  device.queue.writeBuffer(buffer, 0, data);
  return buffer;
}

/** Rows with gaps up to whole words. */
function padded(bytes, width, height) {
  const pitch = 4 * wordsOf(width);
  if (pitch === width) return bytes;
  const out = new Uint8Array(pitch * height);
  for (let y = 0; y < height; ++y) out.set(bytes.subarray(y * width, (y + 1) * width), y * pitch);
  return out;
}

function unpadded(bytes, width, height) {
  const pitch = 4 * wordsOf(width);
  if (pitch === width) return bytes;
  const out = new Uint8Array(width * height);
  for (let y = 0; y < height; ++y) out.set(bytes.subarray(y * pitch, y * pitch + width), y * width);
  return out;
}
