// What may run the network in this page, and which of it is the fastest.

import { Stream } from "./stream.js";
import { Threads } from "./threads.js";
import * as wasm from "./wasm.js";
import * as webgpu from "./webgpu.js";

const MOST_THREADS = 4;
const ROUNDS = 3; // of which the best counts
const HOPELESS_MS = 200; // for a frame: no second look
const SMALL = [27, 22]; // a picture to check a backend with

/** By name: whether the page may try it, whether that would be in vain, and what starts it. */
export const BACKENDS = {
  wasm: {
    runsHere: wasm.runsHere,
    isSoftware: () => false,
    start: (module, model, settings) => Threads.start(module, model, settings, settings.threads ?? usableThreads()),
  },
  webgpu: {
    runsHere: () => wasm.runsHere() && webgpu.runsHere(),
    isSoftware: webgpu.isSoftware,
    start: webgpu.Gpu.start,
  },
};

/** Threads that leave the page one: at least 1, at most 4. */
export function usableThreads() {
  return Math.min(Math.max((navigator.hardwareConcurrency ?? 2) - 1, 1), MOST_THREADS);
}

/**
 * What each backend takes for a frame of `size`, [width, height], the fastest first:
 * [{name, ms, reason}], reason "ok", or why it is not used: "missing", "software", "failed" or "wrong_bytes".
 */
export async function compare(module, model, settings, size) {
  const tried = [];
  for (const name of Object.keys(BACKENDS)) tried.push({ name, ...(await measure(BACKENDS[name], module, model, settings, size)) });
  return tried.sort((a, b) => a.ms - b.ms);
}

/** A made-up frame, the same for the same seed. */
export function madeUp([width, height], seed = 1) {
  const half = ((width + 1) >> 1) * ((height + 1) >> 1);
  let state = seed;
  const bytes = (count) => Uint8Array.from({ length: count }, () => (state = (state * 1103515245 + 12345) >>> 0) >>> 24);
  return { width, height, y: bytes(width * height), u: bytes(half), v: bytes(half), siting: "left" };
}

async function measure(backend, module, model, settings, size) {
  if (!backend.runsHere()) return { ms: Infinity, reason: "missing" };
  if (await backend.isSoftware()) return { ms: Infinity, reason: "software" };
  let running = null;
  try {
    running = await backend.start(module, model, { ...settings, reuse: false });
    if (!(await isRight(running, module, model))) return { ms: Infinity, reason: "wrong_bytes" };
    return { ms: await best(running, size), reason: "ok" };
  } catch {
    return { ms: Infinity, reason: "failed" };
  } finally {
    running?.close();
  }
}

async function isRight(running, module, model) {
  const frame = madeUp(SMALL);
  const expected = new Stream(await wasm.Core.start(module), model).push(frame);
  const made = (await running.push(frame)).frame;
  return ["y", "u", "v"].every((name) => made[name].every((value, i) => value === expected[name][i]));
}

async function best(running, size) {
  let least = Infinity;
  for (let round = 0; round < ROUNDS; ++round) {
    const frame = madeUp(size, round + 2);
    const start = performance.now();
    await running.push(frame);
    least = Math.min(least, performance.now() - start);
    if (least > HOPELESS_MS) break;
  }
  return least;
}
