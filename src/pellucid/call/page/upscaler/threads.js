// WebAssembly on one or more threads: each makes a band of every frame's rows in memory of its own.
//
// So nothing is shared, and no page has to be cross-origin isolated for it. A thread is given the
// whole picture and computes what its band needs around it, as the bands of the C++ engines do.

import { joined } from "./wasm.js";

/** Frames in, enlarged frames out, in workers; the page itself is never kept waiting. */
export class Threads {
  #workers;

  /** module: see wasm.js. model: see model.js. settings: those of a Stream. */
  static async start(module, model, settings, count) {
    const threads = new Threads(count);
    try {
      await threads.#all((index) => ({ start: { module, model, settings: { ...settings, band: [index, count] } } }));
    } catch (error) {
      threads.close();
      throw error;
    }
    return threads;
  }

  constructor(count) {
    const url = new URL("./worker.js", import.meta.url);
    this.#workers = Array.from({ length: count }, () => new Worker(url, { type: "module" }));
  }

  /** {frame, share, level} of the next frame of the stream; the next only when this is there. */
  async push(frame) {
    const replies = await this.#all(() => ({ frame }));
    const parts = replies.map(({ made }) => made);
    const [y, u, v] = ["y", "u", "v"].map((name) => joined(parts.map((part) => part[name])));
    const { share, level } = parts[0];
    return { frame: { ...frame, width: 2 * frame.width, height: 2 * frame.height, y, u, v }, share, level };
  }

  close() {
    for (const worker of this.#workers) worker.terminate();
  }

  #all(message) {
    return Promise.all(this.#workers.map((worker, index) => ask(worker, message(index))));
  }
}

function ask(worker, message) {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => (data.failure ? reject(new Error(data.failure)) : resolve(data));
    worker.onerror = (event) => reject(new Error(event.message || "the worker could not be started"));
    worker.postMessage(message);
  });
}
