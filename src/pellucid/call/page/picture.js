// The picture made clear by this browser: a canvas over the video, cut at the split.

const SETTLING_MS = 3000; // until the server's large pictures have given way to small ones

/** Enlarges what a video shows onto a canvas, from `start` until `stop`. */
export class Picture {
  #video;
  #canvas;
  #drive = null;
  #turn = 0; // of starts and stops: what was started for an earlier one is not wanted any more

  constructor(video, canvas) {
    this.#video = video;
    this.#canvas = canvas;
  }

  /** The upscaler's, or null: see upscaler/drive.js. */
  get stats() {
    return this.#drive?.stats ?? null;
  }

  /** What is drawn to while it enlarges, or null. */
  get canvas() {
    return this.#drive && this.#canvas;
  }

  /** Begins, or begins again with another model. width: of the pictures to wait for. */
  async start(model, width) {
    const turn = this.#next();
    const [{ upscale }] = await Promise.all([import("./upscaler/pellucid.js"), narrow(this.#video, width)]);
    if (turn !== this.#turn) return;
    const drive = await upscale(this.#video, { canvas: this.#canvas, model });
    if (turn !== this.#turn) return drive.stop();
    this.#drive = drive;
    this.#canvas.hidden = false;
  }

  stop() {
    this.#next();
    this.#canvas.hidden = true;
  }

  #next() {
    this.#drive?.stop();
    this.#drive = null;
    return (this.#turn += 1);
  }
}

async function narrow(video, width) {
  const end = performance.now() + SETTLING_MS;
  while ((!video.videoWidth || video.videoWidth > width) && performance.now() < end)
    await new Promise((done) => setTimeout(done, 100));
}
