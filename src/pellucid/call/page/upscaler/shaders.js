// The integer network in WGSL; the point numbers are those of pellucid/video/integer.py.
//
//     features   u32 [row][column][word]: four channels of uint8 a word, the lowest byte first
//     weights    vec4<i32> [output][tap][word]: one weight a channel, 0 beyond the last
//     numbers    i32: biases, multipliers, then the shift; outputs padded to whole blocks
//     residuals  i32 [row][column][output], in sixteenths
//     pictures   u32 [row][word]: four pixels a word, rows padded to whole words
//     flags      u32 [tile row][tile column]: whether to make a tile of the grid
//
// What a layer is stands in the text as constants, so that a compiler can unroll; sizes of pictures
// change within a call and come from a buffer.

export const TILE = 8; // cells of a tile, either way
export const BLOCK = 16; // outputs that one invocation makes

export const wordsOf = (count) => Math.ceil(count / 4);

/** Points 1 to 4, or for the last layer 1 to 3. place: {first, last}, booleans; factor: the network's. */
export function layerShader({ inputs, outputs, kernel }, factor, place) {
  const constants = {
    FACTOR: factor,
    INPUTS: wordsOf(inputs),
    OUTPUTS: outputs,
    BLOCKS: Math.ceil(outputs / BLOCK) * BLOCK,
    KERNEL: kernel,
  };
  const ends = [place.first ? READ_PICTURE : READ_FEATURES, place.last ? WRITE_RESIDUALS : WRITE_FEATURES];
  return [declared(constants), SIZES, LAYER_BUFFERS, ...ends, LAYER].join("\n");
}

/** Point 5: four pixels of a row an invocation. */
export function outputShader({ factor, skip }) {
  return [declared({ FACTOR: factor }), SIZES, PIXEL, SKIPS[skip], OUTPUT].join("\n");
}

/** The numbers of the sizes' buffer, for a grid of rows and columns. */
export function sizesOf(height, width, rows, columns) {
  return Int32Array.of(rows, columns, Math.ceil(columns / TILE), height, width, wordsOf(width), wordsOf(2 * width), 0);
}

function declared(constants) {
  return Object.entries(constants).map(([name, value]) => `const ${name}: i32 = ${value};`).join("\n");
}

const SIZES = `
struct Sizes {
  height: i32, width: i32, tiles: i32,
  picture_height: i32, picture_width: i32, picture_words: i32,
  out_words: i32, nothing: i32,
}
@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> source: array<u32>;`;

const PIXEL = `
fn pixel(y: i32, x: i32) -> i32 {
  let row = clamp(y, 0, sizes.picture_height - 1);
  let column = clamp(x, 0, sizes.picture_width - 1);
  let word = source[row * sizes.picture_words + column / 4];
  return i32((word >> u32(8 * (column % 4))) & 255u);
}`;

const LAYER_BUFFERS = `
@group(0) @binding(3) var<storage, read> weights: array<vec4<i32>>;
@group(0) @binding(4) var<storage, read> numbers: array<i32>;
@group(0) @binding(5) var<storage, read> flags: array<u32>;`;

const READ_PICTURE = `${PIXEL}
fn features(y: i32, x: i32, word: i32) -> vec4<i32> {
  if (FACTOR == 1) { return vec4<i32>(pixel(y, x), 0, 0, 0); }
  return vec4<i32>(pixel(2 * y, 2 * x), pixel(2 * y, 2 * x + 1), pixel(2 * y + 1, 2 * x), pixel(2 * y + 1, 2 * x + 1));
}`;

const READ_FEATURES = `
fn features(y: i32, x: i32, word: i32) -> vec4<i32> {
  if (y < 0 || y >= sizes.height || x < 0 || x >= sizes.width) { return vec4<i32>(0); }
  let four = source[(y * sizes.width + x) * INPUTS + word];
  return vec4<i32>((vec4<u32>(four) >> vec4<u32>(0u, 8u, 16u, 24u)) & vec4<u32>(255u));
}`;

const WRITE_FEATURES = `
@group(0) @binding(2) var<storage, read_write> made: array<u32>;
fn put(y: i32, x: i32, first: i32, q: ptr<function, array<i32, ${BLOCK}>>) {
  const words = (OUTPUTS + 3) / 4;
  for (var word = 0; word < ${BLOCK / 4} && first / 4 + word < words; word++) {
    var four = 0u;
    for (var i = 0; i < 4; i++) { four |= u32(clamp((*q)[4 * word + i], 0, 255)) << u32(8 * i); }
    made[(y * sizes.width + x) * words + first / 4 + word] = four;
  }
}`;

const WRITE_RESIDUALS = `
@group(0) @binding(2) var<storage, read_write> made: array<i32>;
fn put(y: i32, x: i32, first: i32, q: ptr<function, array<i32, ${BLOCK}>>) {
  for (var i = 0; i < OUTPUTS; i++) { made[(y * sizes.width + x) * OUTPUTS + i] = (*q)[i]; }
}`;

const LAYER = `
fn requantise(acc: i32, output: i32) -> i32 {
  let shift = numbers[2 * BLOCKS];
  let half = select(0, 1 << u32(max(shift, 1) - 1), shift > 0);
  let t = clamp((acc + half) >> u32(shift), -32768, 32767);
  return (t * numbers[BLOCKS + output] + 16384) >> 15u;
}

@compute @workgroup_size(${TILE}, ${TILE})
fn run(@builtin(workgroup_id) tile: vec3<u32>, @builtin(global_invocation_id) id: vec3<u32>) {
  if (flags[i32(tile.y) * sizes.tiles + i32(tile.x)] == 0u) { return; }
  let x = i32(id.x);
  let y = i32(id.y);
  let first = i32(id.z) * ${BLOCK};
  if (x >= sizes.width || y >= sizes.height) { return; }
  var acc: array<i32, ${BLOCK}>;
  for (var o = 0; o < ${BLOCK}; o++) { acc[o] = numbers[first + o]; }
  for (var tap = 0; tap < KERNEL * KERNEL; tap++) {
    for (var word = 0; word < INPUTS; word++) {
      let four = features(y + tap / KERNEL - KERNEL / 2, x + tap % KERNEL - KERNEL / 2, word);
      for (var o = 0; o < ${BLOCK}; o++) {
        acc[o] += dot(weights[((first + o) * KERNEL * KERNEL + tap) * INPUTS + word], four);
      }
    }
  }
  for (var o = 0; o < ${BLOCK}; o++) { acc[o] = requantise(acc[o], first + o); }
  put(y, x, first, &acc);
}`;

const SKIPS = {
  nearest: `
fn enlarged(y: i32, x: i32) -> i32 { return 16 * pixel(y / 2, x / 2); }`,
  bilinear: `
fn enlarged(y: i32, x: i32) -> i32 {
  let row = y / 2;
  let column = x / 2;
  let other_row = row + 2 * (y % 2) - 1;
  let other_column = column + 2 * (x % 2) - 1;
  return 9 * pixel(row, column) + 3 * pixel(other_row, column) + 3 * pixel(row, other_column)
       + pixel(other_row, other_column);
}`,
};

const OUTPUT = `
@group(0) @binding(2) var<storage, read_write> made: array<u32>;
@group(0) @binding(3) var<storage, read> residuals: array<i32>;
@compute @workgroup_size(${TILE}, ${TILE})
fn run(@builtin(global_invocation_id) id: vec3<u32>) {
  let word = i32(id.x);
  let y = i32(id.y);
  if (word >= sizes.out_words || y >= 2 * sizes.picture_height) { return; }
  const side = 2 * FACTOR;
  var four = 0u;
  for (var i = 0; i < 4; i++) {
    let x = min(4 * word + i, 2 * sizes.picture_width - 1);
    let cell = (y / side) * sizes.width + x / side;
    let q = residuals[cell * side * side + (y % side) * side + x % side];
    four |= u32(clamp((q + enlarged(y, x) + 8) >> 4u, 0, 255)) << u32(8 * i);
  }
  made[y * sizes.out_words + word] = four;
}`;
