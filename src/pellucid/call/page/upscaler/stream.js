// One stream of frames through one WebAssembly module: the whole of each, or a band of its rows.
//
// A frame is {width, height, y, u, v, siting}: I420 as Uint8Arrays without gaps between rows, u and v
// null for grey; siting "left" (what unmarked video means) or "center".

import { Colours } from "./colours.js";
import { gridOf } from "./model.js";
import { Reuse } from "./reuse.js";

export const WHOLE = [0, 1];

export class Stream {
  #core;
  #band;
  #reuse;
  #colours;
  #out = null;

  /** reuse: false to make every frame whole. band: [i, n], the i-th of n parts of the rows. */
  constructor(core, model, { reuse = true, band = WHOLE } = {}) {
    this.#core = core;
    this.#band = band;
    this.#reuse = new Reuse(core, model, reuse);
    this.#colours = new Colours(core);
  }

  /** The band of the enlarged frame: {y, u, v, share, level}; share: of the luma not made again. */
  push(frame) {
    const { width, height } = frame;
    const { enlarger, level, picture, mask, share } = this.#reuse.look(frame);
    const out = this.#fit(4 * width * height);
    const [index, count] = this.#band;
    const [rows] = gridOf(enlarger.network, height, width);
    const top = Math.floor((rows * index) / count);
    const bottom = Math.floor((rows * (index + 1)) / count);
    enlarger.enlarge(picture, height, width, out, mask, top, bottom);
    const side = 2 * enlarger.network.factor;
    const end = Math.min(bottom * side, 2 * height);
    const y = out.copy(Math.min(top * side, end) * 2 * width, end * 2 * width);
    const [u, v] = this.#colours.push(frame, this.#band);
    return { y, u, v, share, level };
  }

  #fit(size) {
    if (this.#out?.size === size) return this.#out;
    this.#out?.give();
    this.#out = this.#core.take(size);
    return this.#out;
  }
}
