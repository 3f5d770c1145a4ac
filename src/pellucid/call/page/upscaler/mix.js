// A model between two of one shape: pellucid/video/mix.py and scales.py, with the same bytes.
//
// The same operations on doubles in the same order, and halves rounded to even.

import { ModelError, halfToEven } from "./model.js";

const HIDDEN = { top: 2 ** 12, floor: 2 ** 8 };
const LAST = { top: 2 ** 14, floor: 2 ** 12 };
const MOST_BIAS = 2 ** 29;
const LEAST_WEIGHT = 1e-8;

/** calm at strength 0, vivid at 1, else what lies between them. Throws ModelError for another strength or shape. */
export function mix(calm, vivid, strength) {
  if (!(strength >= 0 && strength <= 1)) throw new ModelError(`strength: expected 0 to 1, got ${JSON.stringify(strength)}`);
  if (shapeOf(calm) !== shapeOf(vivid)) throw new ModelError("mix: expected two networks of one shape and gate");
  if (strength === 0) return { ...calm, name: vivid.name, card: vivid.card };
  if (strength === 1) return vivid;
  const networks = vivid.networks.map((network, level) => mixed(calm.networks[level], network, strength));
  return { ...vivid, networks };
}

function mixed(calm, vivid, strength) {
  const last = vivid.layers.length - 1;
  const layers = vivid.layers.map((layer, index) =>
    mixedLayer(calm.layers[index], layer, strength, index === last ? LAST : HIDDEN),
  );
  return { ...vivid, layers };
}

function mixedLayer(calm, vivid, strength, bounds) {
  const each = vivid.weight.length / vivid.outputs;
  const between = (name, count) => {
    const [one, other] = [calm, vivid].map((layer) => real(layer, layer[name], count));
    return one.map((value, index) => (1 - strength) * value + strength * other[index]);
  };
  return { ...vivid, ...quantised(between("weight", each), between("bias", 1), each, bounds) };
}

/** What the whole numbers of a layer stand for; each: of them for one output. */
function real({ multiplier, shift }, numbers, each) {
  return Float64Array.from(numbers, (n, index) => n * (multiplier[Math.floor(index / each)] / 2 ** (15 + shift)));
}

function quantised(weight, bias, each, { top, floor }) {
  const steps = Array.from(bias, (_, output) => {
    const own = weight.subarray(output * each, (output + 1) * each);
    return Math.max(own.reduce((most, w) => Math.max(most, Math.abs(w)), 0), LEAST_WEIGHT) / 127;
  });
  const largest = Math.max(...steps);
  let shift = 0;
  while (shift < 15 && largest * 2 ** (16 + shift) <= top) shift += 1;
  const held = steps.map((step) => Math.max(step, floor / 2 ** (15 + shift)));
  return {
    shift,
    weight: Int8Array.from(weight, (w, index) => halfToEven(w / held[Math.floor(index / each)])),
    bias: Int32Array.from(bias, (b, output) => Math.max(-MOST_BIAS, Math.min(MOST_BIAS, halfToEven(b / held[output])))),
    multiplier: Int16Array.from(held, (step) => halfToEven(step * 2 ** (15 + shift))),
  };
}

function shapeOf({ networks, gate }) {
  const layers = networks.map(({ layers, factor, skip }) => [factor, skip, layers.map((l) => [l.inputs, l.outputs, l.kernel])]);
  return JSON.stringify([layers, gate && [Array.from(gate.weight), Array.from(gate.bias)]]);
}
