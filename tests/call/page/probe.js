// What tests call in a page: bytes come and go as base64.

import { Upscaler, readFrame, writeFrame } from "/src/pellucid/call/page/upscaler/pellucid.js";

const decode = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

function encode(bytes) {
  const letters = [];
  for (let at = 0; at < bytes.length; at += 4096) letters.push(String.fromCharCode(...bytes.subarray(at, at + 4096)));
  return btoa(letters.join(""));
}

const opened = (frame) => ({ ...frame, y: decode(frame.y), u: frame.u && decode(frame.u), v: frame.v && decode(frame.v) });
const closed = (frame) => ({ ...frame, y: encode(frame.y), u: frame.u && encode(frame.u), v: frame.v && encode(frame.v) });

/** Each stream's frames enlarged: [{model, settings, frames}] to [[{frame, share, level}]]. */
export async function enlarge(streams) {
  const made = [];
  for (const { model, settings, frames } of streams) {
    const upscaler = await Upscaler.start({ model: decode(model), size: [8, 8], ...settings });
    const out = [];
    for (const frame of frames) {
      const { frame: large, share, level } = await upscaler.push(opened(frame));
      out.push({ frame: closed(large), share, level });
    }
    made.push(out);
    upscaler.close();
  }
  return made;
}

/** What a frame is after it was a VideoFrame. */
export async function throughVideoFrame(frame) {
  const picture = writeFrame(opened(frame), 0);
  const back = closed(await readFrame(picture));
  picture.close();
  return back;
}

/** How starting fails: [name, message]; null where it does not. */
export async function refusal(settings) {
  try {
    if (settings.model?.base64) settings.model = decode(settings.model.base64);
    (await Upscaler.start(settings)).close();
    return null;
  } catch (error) {
    return [error.name, error.message];
  }
}

/**
 * What is read of a picture that is given as pixels, and what the network makes of it. picture:
 * {width, height, format, data}, with a VideoFrame's formats, or "canvas" with RGBA. Returns
 * {format: what the browser says it is, read, enlarged}.
 */
export async function throughPixels({ width, height, format, data }, model) {
  const pixels = decode(data);
  const size = { codedWidth: width, codedHeight: height, timestamp: 0 };
  const shown = format === "canvas" ? onCanvas(pixels, width, height) : new VideoFrame(pixels, { format, ...size });
  const read = await readFrame(shown);
  const known = shown.format;
  shown.close();
  const upscaler = await Upscaler.start({ model, backend: "wasm", size: [8, 8] });
  const { frame, level } = await upscaler.push(read);
  upscaler.close();
  return { format: known, read: closed(read), frame: closed(frame), level };
}

function onCanvas(pixels, width, height) {
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext("2d", { alpha: false }).putImageData(new ImageData(new Uint8ClampedArray(pixels), width, height), 0, 0);
  return new VideoFrame(canvas, { timestamp: 0 });
}
