// From a video element that plays to a canvas or a track, one frame at a time.

import { readVideo, toRgba, writeFrame } from "./planes.js";

const LATEST = 30; // frames that means and rates are taken over

/** Enlarges what a video shows until `stop`. Made by `upscale`. */
export class Drive {
  #video;
  #output;
  #upscaler = null;
  #reason = "ok"; // why there is no upscaler
  #spare = null;
  #busy = false;
  #stopped = false;
  #times = []; // of the latest frames: [when it was there, ms it took]

  /**
   * canvas: of the output; null for one in the video's place. track: whether a track is asked for.
   * stats: {frames, skipped, fps, ms, backend, share, reason, reasons}. ms: mean time from a frame
   * to its output. share: of the latest frame's luma that was not made again. reasons: how often
   * each: "ok"; "late", skipped as the frame before was not ready; and where the browser's own
   * scaling was shown, "no_simd", "missing", "wrong_bytes", "failed" (no backend works, or it broke
   * down) or "unreadable" (a video of another site).
   */
  constructor(video, { canvas, track }) {
    this.#video = video;
    this.#output = track ? new TrackOutput(canvas) : new CanvasOutput(canvas ?? inPlaceOf(video));
    this.stats = { frames: 0, skipped: 0, fps: 0, ms: 0, backend: "browser", share: 0, reason: "", reasons: {} };
  }

  /** The canvas that is drawn to; for a track one that nobody sees. */
  get canvas() {
    return this.#output.canvas;
  }

  /** The enlarged video, where one was asked for. */
  get track() {
    return this.#output.track ?? null;
  }

  /**
   * Begins. upscaler: null for the browser's own scaling, for `reason`. spare: makes another upscaler
   * for when the first breaks down, as graphics processors do when a machine sleeps; null for none.
   */
  run(upscaler, { reason = "ok", spare = null } = {}) {
    this.#spare = spare;
    this.#use(upscaler, reason);
    this.#wait();
  }

  /** Ends; the canvas keeps its last picture. */
  stop() {
    this.#stopped = true;
    this.#upscaler?.close();
    this.#output.close();
  }

  #wait() {
    if (this.#stopped) return;
    nextFrame(this.#video, () => {
      this.#wait();
      this.#frame();
    });
  }

  async #frame() {
    if (this.#busy) {
      this.stats.skipped += 1;
      this.#note("late");
      return;
    }
    this.#busy = true;
    const start = performance.now();
    const reason = await this.#show();
    this.#busy = false;
    if (this.#stopped) return;
    this.#note(reason);
    this.#count(start, performance.now());
  }

  /** Shows the video's picture enlarged; returns the reason code. */
  async #show() {
    if (this.#upscaler === null) return this.#scaled(this.#reason);
    const time = Math.round(1e6 * this.#video.currentTime);
    let frame = null;
    try {
      frame = await readVideo(this.#video);
    } catch {
      return this.#scaled("unreadable");
    }
    try {
      const { frame: large, share } = await this.#upscaler.push(frame);
      if (!this.#stopped) this.#output.show(large, time);
      this.stats.share = share;
      return "ok";
    } catch {
      return this.#breakDown();
    }
  }

  #use(upscaler, reason) {
    this.#upscaler = upscaler;
    this.#reason = reason;
    this.stats.backend = upscaler?.backend ?? "browser";
  }

  #breakDown() {
    this.#upscaler.close();
    this.#use(null, "failed");
    if (this.#spare) this.#replace(this.#spare());
    this.#spare = null;
    return this.#scaled("failed");
  }

  /** Goes on with what comes, if it does. */
  async #replace(coming) {
    const upscaler = await coming.catch(() => null);
    if (this.#stopped) upscaler?.close();
    else if (upscaler) this.#use(upscaler, "ok");
  }

  #scaled(reason) {
    if (!this.#stopped) this.#output.scale(this.#video);
    return reason;
  }

  #note(reason) {
    this.stats.reason = reason;
    this.stats.reasons[reason] = (this.stats.reasons[reason] ?? 0) + 1;
  }

  #count(start, end) {
    this.#times = [...this.#times.slice(1 - LATEST), [end, end - start]];
    const spans = this.#times.length - 1;
    this.stats.frames += 1;
    this.stats.ms = this.#times.reduce((sum, [, ms]) => sum + ms, 0) / this.#times.length;
    if (spans) this.stats.fps = (1000 * spans) / (end - this.#times[0][0]);
  }
}

/** Draws to a canvas, which takes the size of the pictures. */
class CanvasOutput {
  constructor(canvas) {
    this.canvas = canvas;
  }

  show(frame, time) {
    const context = this.#fit(frame.width, frame.height);
    if (typeof VideoFrame === "undefined")
      return context.putImageData(new ImageData(toRgba(frame), frame.width, frame.height), 0, 0);
    const picture = writeFrame(frame, time);
    context.drawImage(picture, 0, 0, frame.width, frame.height);
    return picture.close();
  }

  scale(video) {
    const [width, height] = [2 * video.videoWidth, 2 * video.videoHeight];
    if (width) this.#fit(width, height).drawImage(video, 0, 0, width, height);
  }

  close() {}

  #fit(width, height) {
    if (this.canvas.width !== width) this.canvas.width = width;
    if (this.canvas.height !== height) this.canvas.height = height;
    return this.canvas.getContext("2d");
  }
}

/** Writes to a track: frame by frame where the browser can, else from a canvas that nobody sees. */
class TrackOutput extends CanvasOutput {
  #writer = null;

  constructor(canvas) {
    const direct = typeof MediaStreamTrackGenerator !== "undefined";
    super(canvas ?? document.createElement("canvas"));
    this.track = direct ? new MediaStreamTrackGenerator({ kind: "video" }) : this.canvas.captureStream().getVideoTracks()[0];
    if (direct) this.#writer = this.track.writable.getWriter();
  }

  show(frame, time) {
    if (this.#writer) this.#write(writeFrame(frame, time));
    else super.show(frame, time);
  }

  scale(video) {
    super.scale(video);
    if (this.#writer && this.canvas.width) this.#write(new VideoFrame(this.canvas, { timestamp: Math.round(1e6 * video.currentTime) }));
  }

  close() {
    this.track.stop();
  }

  /** A track that was stopped takes no more; that is the receiver's choice, not a failure. */
  #write(picture) {
    this.#writer.write(picture).catch(() => picture.close());
  }
}

/** Calls back at the video's next frame. */
function nextFrame(video, call) {
  if (video.requestVideoFrameCallback) video.requestVideoFrameCallback(call);
  else requestAnimationFrame(call);
}

function inPlaceOf(video) {
  const canvas = document.createElement("canvas");
  canvas.className = video.className;
  video.after(canvas);
  video.style.display = "none";
  return canvas;
}
