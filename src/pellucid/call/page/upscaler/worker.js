// A band of one stream in a thread of its own; see threads.js.

import { Stream } from "./stream.js";
import { Core } from "./wasm.js";

let stream = null;

self.onmessage = async ({ data }) => {
  try {
    if (data.start) {
      const { module, model, settings } = data.start;
      stream = new Stream(await Core.start(module), model, settings);
      postMessage({});
      return;
    }
    const made = stream.push(data.frame);
    const memory = [made.y, made.u, made.v].filter(Boolean).map((plane) => plane.buffer);
    postMessage({ made }, memory);
  } catch (error) {
    postMessage({ failure: String(error) });
  }
};
