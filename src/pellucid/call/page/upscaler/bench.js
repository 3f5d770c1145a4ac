// How many frames a second one thread of WebAssembly makes: frames without anything to reuse.

import { madeUp } from "./backends.js";
import { readModel } from "./model.js";
import { MODELS } from "./pellucid.js";
import { Stream } from "./stream.js";
import { Core, compile } from "./wasm.js";

/** {name, fps, ms: {best, median}} of one model; size: [width, height]. */
export async function time(name, size = [480, 360], count = 60) {
  const model = await readModel(await (await fetch(MODELS[name])).arrayBuffer());
  const stream = new Stream(await Core.start(await compile()), model, { reuse: false });
  const frames = [1, 2, 3, 4].map((seed) => madeUp(size, seed));
  stream.push(frames[0]);
  const times = [];
  for (let i = 0; i < count; ++i) {
    const start = performance.now();
    stream.push(frames[i % frames.length]);
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  const median = times[count >> 1];
  return { name, fps: 1000 / median, ms: { best: times[0], median } };
}
