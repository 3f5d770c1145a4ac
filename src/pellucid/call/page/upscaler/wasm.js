// The engines in WebAssembly: C++ from native/, compiled once (native/wasm.sh).

import { gridOf } from "./model.js";

const UNIT = 4; // cells of a row that share a flag of a mask

/** Whether this page may run it: WebAssembly with 128-bit vectors. */
export function runsHere() {
  // A function of one instruction: i32.const 0, i8x16.splat, drop.
  const probe = [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 9, 1, 7, 0, 65, 0, 253, 15, 26, 11];
  return typeof WebAssembly === "object" && WebAssembly.validate(new Uint8Array(probe));
}

/** The compiled module, from `url` or from beside this file. */
export async function compile(url = new URL("./pellucid.wasm", import.meta.url)) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status} ${response.statusText}`);
  return WebAssembly.compile(await response.arrayBuffer());
}

/** One instance of the module, with memory of its own. */
export class Core {
  #calls;

  /** module: from `compile`. */
  static async start(module) {
    const { exports } = await WebAssembly.instantiate(module);
    exports._initialize();
    return new Core(exports);
  }

  constructor(exports) {
    this.#calls = exports;
  }

  /** Room for `size` bytes. */
  take(size) {
    return new Piece(this.#calls, size);
  }

  /** An enlarger of luma by one network. */
  enlarger(network) {
    const bytes = encode(network);
    const piece = this.take(bytes.length);
    piece.set(bytes);
    const at = this.#calls.make_enlarger(piece.at);
    piece.give();
    return new Enlarger(this.#calls, network, at);
  }

  /** Counts the traces of coding in luma: Int32Array (36,). */
  countTraces(luma, height, width) {
    const counts = this.take(36 * 4);
    this.#calls.count_traces(luma.at, height, width, counts.at);
    const out = new Int32Array(counts.copy().buffer);
    counts.give();
    return out;
  }

  /**
   * Makes rows [top, bottom) of a colour plane. from, to: {piece, height, width}, `to` twice as
   * large or one less. cosited: whether its samples share their place with luma's, across.
   */
  enlargeColour(from, to, cosited, top, bottom) {
    const size = [from.piece.at, from.height, from.width, to.piece.at, to.height, to.width];
    this.#calls.enlarge_colour(...size, 0, cosited ? 1 : 0, top, bottom);
  }
}

/** Luma x2 by one network. */
class Enlarger {
  #calls;
  #at;

  constructor(calls, network, at) {
    this.#calls = calls;
    this.#at = at;
    this.network = network;
  }

  /** Makes grid rows [top, bottom) of `out` (2H, 2W): flagged cells alone, or all for a null mask. */
  enlarge(picture, height, width, out, mask, top, bottom) {
    this.#calls.enlarge(this.#at, picture.at, height, width, out.at, mask?.at ?? 0, top, bottom);
  }

  /** Flags in `mask` what may differ in the outputs of two pictures; returns the share that may not. */
  changed(before, now, height, width, mask) {
    const flagged = this.#calls.changed(this.#at, before.at, now.at, height, width, mask.at);
    return 1 - flagged / maskSize(this.network, height, width);
  }
}

/** Bytes of a mask: a row for each row of the feature grid, a flag for each four cells of it. */
export function maskSize(network, height, width) {
  const [rows, columns] = gridOf(network, height, width);
  return rows * Math.ceil(columns / UNIT);
}

/** Some of the module's memory. It may move while others take more, so look at it anew each time. */
class Piece {
  #calls;

  constructor(calls, size) {
    this.#calls = calls;
    this.size = size;
    this.at = calls.take(size);
    if (this.at === 0) throw new RangeError(`memory: ${size} bytes cannot be had`);
  }

  /** Its bytes, until more memory is taken. */
  view(from = 0, to = this.size) {
    return new Uint8Array(this.#calls.memory.buffer, this.at + from, to - from);
  }

  copy(from = 0, to = this.size) {
    return this.view(from, to).slice();
  }

  set(bytes) {
    this.view().set(bytes);
  }

  give() {
    this.#calls.give(this.at);
  }
}

function encode({ layers, factor, skip }) {
  const numbers = (...values) => new Uint8Array(Int32Array.from(values).buffer);
  const bytesOf = (array) => new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  const parts = [numbers(factor, skip === "bilinear" ? 1 : 0, layers.length)];
  for (const { inputs, outputs, kernel, shift, weight, bias, multiplier } of layers)
    parts.push(numbers(inputs, outputs, kernel, shift), ...[weight, bias, multiplier].map(bytesOf));
  return joined(parts);
}

/** Parts one behind the other; null where there are none, as of a grey picture's colours. */
export function joined(parts) {
  if (parts.length === 1 || parts[0] === null) return parts[0];
  const all = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
