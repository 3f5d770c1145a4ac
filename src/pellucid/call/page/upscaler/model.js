// Reads Pellucid's model files of the video network: safetensors with a card inside.
//
// The layout is written down in pellucid/video/model.py and pellucid/artifact.py, the network itself
// in pellucid/video/integer.py.

const FORMAT = "pellucid-model-1";
const KIND = "video-integer";
const MOST_CHANNELS = 128;
const MOST_BIAS = 2 ** 29;
const MOST_LEVELS = 16;
const FEATURES = 36;
const MOST_STRENGTH = 2;
const DTYPES = {
  I8: { array: Int8Array, numpy: "|i1" },
  I16: { array: Int16Array, numpy: "<i2" },
  I32: { array: Int32Array, numpy: "<i4" },
};

/** What a model file is refused for, or a setting. */
export class ModelError extends Error {
  name = "ModelError";
}

/**
 * The model in the bytes of a file: {name, card, networks, gate}.
 *
 * networks: one for each level of the gate (one without a gate), of {layers, factor, skip}; a layer
 * is {inputs, outputs, kernel, shift, weight: Int8Array, bias: Int32Array, multiplier: Int16Array}.
 * Throws ModelError for anything else. The digest is checked where the page may use `crypto.subtle`.
 */
export async function readModel(bytes) {
  const { tensors, mark } = parse(bytes);
  expect(mark.format === FORMAT, `format: expected ${FORMAT}, got ${mark.format ?? "no mark"}`);
  const digest = await digestOf(tensors);
  expect(digest === null || digest === mark.sha256, "weights: they do not match their digest");
  const { card } = mark;
  expect(card?.kind === KIND, `kind: expected ${KIND}, got ${card?.kind}`);
  return unpack(tensors, card);
}

/** The model with what it adds to the skip made stronger or weaker: 0 to 2, one for all levels or each. */
export function withStrength(model, strength) {
  const count = model.networks.length;
  const each = Array.isArray(strength) ? strength : Array(count).fill(strength);
  const fits = each.length === count && each.every((one) => one >= 0 && one <= MOST_STRENGTH);
  expect(fits, `strength: expected 0 to ${MOST_STRENGTH}, got ${JSON.stringify(strength)}`);
  return { ...model, networks: model.networks.map((network, level) => scaled(network, each[level])) };
}

/** How far, in grid cells, an output cell looks. */
export function reachOf(network) {
  return network.layers.reduce((reach, layer) => reach + (layer.kernel >> 1), 0);
}

/** Rows and columns of the feature grid of a picture. */
export function gridOf(network, height, width) {
  return [Math.ceil(height / network.factor), Math.ceil(width / network.factor)];
}

function parse(bytes) {
  expect(bytes.byteLength > 8, "file: it is too short");
  const size = Number(new DataView(bytes).getBigUint64(0, true));
  expect(8 + size <= bytes.byteLength, "file: its header is cut off");
  try {
    const header = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 8, size)));
    const { __metadata__: metadata = {}, ...entries } = header;
    const tensors = new Map(Object.keys(entries).sort().map((name) => [name, tensor(bytes, 8 + size, entries[name])]));
    return { tensors, mark: JSON.parse(metadata.pellucid ?? "{}") };
  } catch (error) {
    if (error instanceof ModelError) throw error;
    throw new ModelError(`file: it cannot be read (${error.message})`);
  }
}

function tensor(bytes, start, { dtype, shape, data_offsets: [from, to] }) {
  expect(dtype in DTYPES, `dtype: expected one of ${Object.keys(DTYPES).join(", ")}, got ${dtype}`);
  const { array, numpy } = DTYPES[dtype];
  const data = new array(bytes.slice(start + from, start + to));
  expect(data.length === shape.reduce((a, b) => a * b, 1), "tensor: its size is not its shape's");
  return { data, shape, numpy };
}

async function digestOf(tensors) {
  if (!globalThis.crypto?.subtle) return null;
  const parts = [];
  for (const [name, { data, shape, numpy }] of tensors) {
    const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
    parts.push(new TextEncoder().encode(`${name} ${numpy} ${tuple}`), data);
  }
  const all = await new Blob(parts).arrayBuffer();
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", all));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function unpack(tensors, card) {
  const { layers, factor, skip, levels = 1 } = card.settings;
  expect(factor === 1 || factor === 2, "factor: expected 1 or 2");
  expect(skip === "nearest" || skip === "bilinear", "skip: expected nearest or bilinear");
  expect(levels >= 1 && levels <= MOST_LEVELS, `levels: expected 1 to ${MOST_LEVELS}`);
  const networks = Array.from({ length: levels }, (_, level) => ({
    layers: Array.from({ length: layers }, (_, index) => layerOf(tensors, index, level)),
    factor,
    skip,
  }));
  networks.forEach(checkChain);
  return { name: card.name, card, networks, gate: levels === 1 ? null : gateOf(tensors, levels) };
}

function layerOf(tensors, index, level) {
  const own = (name) => tensors.get(`${level}.${index}.${name}`) ?? tensors.get(`${index}.${name}`);
  const [weight, bias, multiplier, shift] = ["weight", "bias", "multiplier", "shift"].map(own);
  expect(weight && bias && multiplier && shift, `layer ${index}: a tensor is missing`);
  const [outputs, inputs, kernel] = weight.shape;
  const layer = { inputs, outputs, kernel, shift: shift.data[0] };
  Object.assign(layer, { weight: weight.data, bias: bias.data, multiplier: multiplier.data });
  checkLayer(layer, weight.shape);
  return layer;
}

function checkLayer({ inputs, outputs, kernel, shift, weight, bias, multiplier }, shape) {
  expect(weight instanceof Int8Array && shape.length === 4, "weight: expected int8 (O, C, k, k)");
  expect((kernel === 1 || kernel === 3) && shape[3] === kernel, "weight: expected a kernel 1x1 or 3x3");
  expect([inputs, outputs].every((n) => n >= 1 && n <= MOST_CHANNELS), "weight: expected 1..128 channels");
  expect(weight.every((w) => w >= -127), "weight: expected -127..127");
  expect(bias instanceof Int32Array && bias.length === outputs, "bias: expected int32 (O,)");
  expect(bias.every((b) => Math.abs(b) <= MOST_BIAS), "bias: expected at most 2^29");
  expect(multiplier instanceof Int16Array && multiplier.length === outputs, "multiplier: expected int16 (O,)");
  expect(multiplier.every((m) => m >= 0), "multiplier: expected 0..32767");
  expect(shift >= 0 && shift <= 15, "shift: expected 0..15");
}

function checkChain({ layers, factor }) {
  let width = factor * factor;
  for (const layer of layers) {
    expect(layer.inputs === width, "layers: expected as many inputs as the one before has outputs");
    width = layer.outputs;
  }
  expect(width === 4 * factor * factor, "last layer: expected (2 factor)^2 outputs");
}

function gateOf(tensors, levels) {
  const [weight, bias] = ["gate.weight", "gate.bias"].map((name) => tensors.get(name)?.data);
  expect(weight instanceof Int32Array && weight.length === levels * FEATURES, "gate.weight: expected int32 (K, 36)");
  expect(bias instanceof Int32Array && bias.length === levels, "gate.bias: expected int32 (K,)");
  return { weight, bias };
}

function scaled(network, strength) {
  const last = network.layers.at(-1);
  const multiplier = last.multiplier.map((m) => Math.min(halfToEven(m * strength), 32767));
  return { ...network, layers: [...network.layers.slice(0, -1), { ...last, multiplier }] };
}

/** The nearest whole number, a half to the even one. */
export function halfToEven(value) {
  const below = Math.floor(value);
  const rest = value - below;
  if (rest !== 0.5) return Math.round(value);
  return below % 2 === 0 ? below : below + 1;
}

function expect(condition, what) {
  if (!condition) throw new ModelError(what);
}
