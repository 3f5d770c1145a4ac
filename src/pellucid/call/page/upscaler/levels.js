// Which of a model's networks each picture of one stream goes through.
//
// From the traces of coding that the picture carries (pellucid/video/traces.py), by their running
// mean (pellucid/video/levels.py) and the gate (pellucid/video/gate.py). Whole numbers throughout.

const HISTOGRAMS = 4;
const BINS = 9;
const MEMORY = 2; // bits: a new picture counts for a quarter
const FRACTION = 4; // bits of the running mean

/** The levels of one stream's pictures, in the order they come. gate: of a model, null for none. */
export class Levels {
  #gate;
  #mean = null;

  constructor(gate) {
    this.#gate = gate;
  }

  /** The level of the next picture. count: a function that counts its traces, Int32Array (36,). */
  of(count) {
    if (this.#gate === null) return 0;
    const seen = features(count()).map((value) => value << FRACTION);
    this.#mean = this.#mean?.map((m, i) => m + ((seen[i] - m) >> MEMORY)) ?? seen;
    return levelOf(this.#gate, this.#mean.map((m) => (m + (1 << (FRACTION - 1))) >> FRACTION));
  }
}

/** Counts (4, 9) to features (36,): logarithms in 256ths. */
export function features(counts) {
  const out = new Int32Array(HISTOGRAMS * BINS);
  for (let h = 0; h < HISTOGRAMS; ++h) {
    const histogram = counts.subarray(h * BINS, (h + 1) * BINS);
    const total = Math.max(histogram.reduce((a, b) => a + b, 0), 1);
    histogram.forEach((count, bin) => {
      const n = Math.floor((1024 * count) / total) + 1;
      const e = 31 - Math.clz32(n);
      out[h * BINS + bin] = 256 * e + ((256 * n) >> e) - 256;
    });
  }
  return out;
}

function levelOf({ weight, bias }, told) {
  const sums = Array.from(bias, (start, level) =>
    told.reduce((sum, value, i) => sum + value * weight[level * told.length + i], start),
  );
  return sums.indexOf(Math.max(...sums));
}
