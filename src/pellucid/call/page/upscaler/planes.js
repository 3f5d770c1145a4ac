// Between what browsers have (VideoFrame, pixels of a canvas) and planes: {width, height, y, u, v,
// siting, colour} as in stream.js; colour: what its numbers mean, as a VideoFrame's colorSpace.

// What pixels are turned into: BT.601 in limited range, as most calls send.
const OURS = { primaries: "smpte170m", transfer: "smpte170m", matrix: "smpte170m", fullRange: false };
const RGB = { RGBA: [0, 1, 2], RGBX: [0, 1, 2], BGRA: [2, 1, 0], BGRX: [2, 1, 0] };

/** The picture that a video element shows now. Throws a DOMException for one the page may not read. */
export async function readVideo(video) {
  if (typeof VideoFrame === "undefined") return readPixels(video, video.videoWidth, video.videoHeight);
  const shown = new VideoFrame(video);
  try {
    return await readFrame(shown);
  } finally {
    shown.close();
  }
}

/** The planes of a VideoFrame. */
export async function readFrame(shown) {
  const { width, height } = shown.visibleRect;
  const colour = shown.colorSpace.toJSON();
  if (shown.format === "I420") return { ...(await readI420(shown, width, height)), colour };
  if (shown.format === "NV12") return { ...(await readNV12(shown, width, height)), colour };
  if (shown.format in RGB) return readRgb(shown, width, height);
  return readPixels(shown, width, height);
}

/** A VideoFrame of planes. time: microseconds. */
export function writeFrame({ width, height, y, u, v, colour }, time) {
  const half = ((width + 1) >> 1) * ((height + 1) >> 1);
  const data = new Uint8Array(width * height + 2 * half).fill(128);
  data.set(y);
  if (u) data.set(u, y.length);
  if (v) data.set(v, y.length + half);
  const size = { codedWidth: width, codedHeight: height };
  return new VideoFrame(data, { format: "I420", ...size, timestamp: time, colorSpace: colour });
}

/** RGBA pixels to planes, a quarter as much colour, each the mean of its four pixels. */
export function fromRgba(pixels, width, height, [r, g, b] = RGB.RGBA) {
  const y = new Uint8Array(width * height);
  for (let i = 0; i < y.length; ++i)
    y[i] = 16 + ((66 * pixels[4 * i + r] + 129 * pixels[4 * i + g] + 25 * pixels[4 * i + b] + 128) >> 8);
  const [across, down] = [(width + 1) >> 1, (height + 1) >> 1];
  const [u, v] = [new Uint8Array(across * down), new Uint8Array(across * down)];
  for (let i = 0; i < u.length; ++i) {
    const [red, green, blue] = fourOf(pixels, width, height, i % across, Math.floor(i / across), [r, g, b]);
    u[i] = 128 + ((-38 * red - 74 * green + 112 * blue + 512) >> 10);
    v[i] = 128 + ((112 * red - 94 * green - 18 * blue + 512) >> 10);
  }
  return { width, height, y, u, v, siting: "center", colour: OURS };
}

/** Planes from `fromRgba`, enlarged or not, back to RGBA pixels. */
export function toRgba({ width, height, y, u, v }) {
  const pixels = new Uint8ClampedArray(4 * width * height);
  for (let i = 0; i < y.length; ++i) {
    const at = (Math.floor(i / width) >> 1) * ((width + 1) >> 1) + ((i % width) >> 1);
    const [light, cb, cr] = [298 * (y[i] - 16), u[at] - 128, v[at] - 128];
    pixels[4 * i] = (light + 409 * cr + 128) >> 8;
    pixels[4 * i + 1] = (light - 100 * cb - 208 * cr + 128) >> 8;
    pixels[4 * i + 2] = (light + 516 * cb + 128) >> 8;
    pixels[4 * i + 3] = 255;
  }
  return pixels;
}

async function readI420(shown, width, height) {
  const [across, down] = [(width + 1) >> 1, (height + 1) >> 1];
  const [luma, half] = [width * height, across * down];
  const data = new Uint8Array(luma + 2 * half);
  const layout = [
    { offset: 0, stride: width },
    { offset: luma, stride: across },
    { offset: luma + half, stride: across },
  ];
  await shown.copyTo(data, { layout });
  const [y, u, v] = [data.subarray(0, luma), data.subarray(luma, luma + half), data.subarray(luma + half)];
  return { width, height, y, u, v, siting: "left" };
}

async function readNV12(shown, width, height) {
  const [across, down] = [(width + 1) >> 1, (height + 1) >> 1];
  const luma = width * height;
  const data = new Uint8Array(luma + 2 * across * down);
  const layout = [
    { offset: 0, stride: width },
    { offset: luma, stride: 2 * across },
  ];
  await shown.copyTo(data, { layout });
  const pairs = data.subarray(luma);
  const [u, v] = [0, 1].map((first) => Uint8Array.from({ length: across * down }, (_, i) => pairs[2 * i + first]));
  return { width, height, y: data.subarray(0, luma), u, v, siting: "left" };
}

async function readRgb(shown, width, height) {
  const data = new Uint8Array(4 * width * height);
  await shown.copyTo(data, { layout: [{ offset: 0, stride: 4 * width }] });
  return fromRgba(data, width, height, RGB[shown.format]);
}

function readPixels(picture, width, height) {
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(picture, 0, 0, width, height);
  return fromRgba(context.getImageData(0, 0, width, height).data, width, height);
}

/** Sums of the four pixels under a sample of colour, those at the edge repeated. */
function fourOf(pixels, width, height, column, row, channels) {
  const right = Math.min(2 * column + 1, width - 1);
  const below = Math.min(2 * row + 1, height - 1);
  const places = [2 * row, below].flatMap((y) => [2 * column, right].map((x) => 4 * (y * width + x)));
  return channels.map((channel) => places.reduce((sum, at) => sum + pixels[at + channel], 0));
}
