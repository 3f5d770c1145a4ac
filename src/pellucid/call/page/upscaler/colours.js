// The two colour planes of a frame, enlarged by a cubic (pellucid/video/chroma.py).

export class Colours {
  #core;
  #size = "";
  #pieces = [];

  constructor(core) {
    this.#core = core;
  }

  /** Rows of both planes of the enlarged frame: [u, v]; nulls for a grey one. band: see stream.js. */
  push({ u, v, width, height, siting }, [index, count]) {
    if (!u) return [null, null];
    this.#fit(width, height);
    const top = Math.floor((height * index) / count);
    const bottom = Math.floor((height * (index + 1)) / count);
    return [u, v].map((plane) => this.#enlarge(plane, width, height, siting, top, bottom));
  }

  #enlarge(plane, width, height, siting, top, bottom) {
    const [small, large] = this.#pieces;
    small.set(plane);
    const from = { piece: small, height: (height + 1) >> 1, width: (width + 1) >> 1 };
    const to = { piece: large, height, width };
    this.#core.enlargeColour(from, to, siting !== "center", top, bottom);
    return large.copy(top * width, bottom * width);
  }

  #fit(width, height) {
    const size = `${width}x${height}`;
    if (size === this.#size) return;
    for (const piece of this.#pieces) piece.give();
    const small = ((width + 1) >> 1) * ((height + 1) >> 1);
    this.#pieces = [this.#core.take(small), this.#core.take(width * height)];
    this.#size = size;
  }
}
