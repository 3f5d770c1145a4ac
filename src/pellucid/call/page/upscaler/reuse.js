// What of the next picture of one stream has to be made: through which network, and which cells.
//
// The network has no state, so where nothing changed that an output pixel looks at, the output did
// not change either (pellucid/video/reuse.py).

import { Levels } from "./levels.js";
import { maskSize } from "./wasm.js";

export class Reuse {
  #core;
  #enlargers;
  #enabled;
  #levels;
  #size = "";
  #pieces = {};
  #latest = null; // the level of the picture before

  /** core: see wasm.js. model: see model.js. enabled: false to make every picture whole. */
  constructor(core, model, enabled) {
    this.#core = core;
    this.#enlargers = model.networks.map((network) => core.enlarger(network));
    this.#levels = new Levels(model.gate);
    this.#enabled = enabled;
  }

  /**
   * Looks at the next picture: {enlarger, level, picture, mask, share}.
   *
   * picture: its luma in the core's memory. mask: flags of the cells to make, null for all.
   * share: of the picture's area that need not be made.
   */
  look({ y, width, height }) {
    const anew = this.#fit(width, height);
    const { picture, before, mask } = this.#pieces;
    picture.set(y);
    const level = this.#levels.of(() => this.#core.countTraces(picture, height, width));
    const enlarger = this.#enlargers[level];
    const whole = anew || !this.#enabled || level !== this.#latest;
    const share = whole ? 0 : enlarger.changed(before, picture, height, width, mask);
    this.#pieces = { picture: before, before: picture, mask };
    this.#latest = level;
    return { enlarger, level, picture, mask: whole ? null : mask, share };
  }

  #fit(width, height) {
    const size = `${width}x${height}`;
    if (size === this.#size) return false;
    for (const piece of Object.values(this.#pieces)) piece.give();
    const flags = maskSize(this.#enlargers[0].network, height, width);
    const [picture, before, mask] = [width * height, width * height, flags].map((n) => this.#core.take(n));
    this.#pieces = { picture, before, mask };
    this.#size = size;
    return true;
  }
}
