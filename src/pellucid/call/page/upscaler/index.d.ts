// Types of pellucid.js.

/** I420 planes without gaps between rows; `u` and `v` null for grey. */
export interface Planes {
  width: number;
  height: number;
  y: Uint8Array;
  u: Uint8Array | null;
  v: Uint8Array | null;
  /** Where colour samples lie: "left" is what unmarked video means. */
  siting: "left" | "center";
  /** What the numbers mean, as a VideoFrame's colorSpace. */
  colour?: VideoColorSpaceInit;
}

export type ModelName = "standard" | "lite" | "clean" | "vivid";
export type Backend = "wasm" | "webgpu";
export type Reason = "ok" | "late" | "no_simd" | "missing" | "software" | "wrong_bytes" | "failed" | "unreadable";

export interface Settings {
  /** A model that comes with the package, a model file's URL or its bytes; "standard". */
  model?: ModelName | string | URL | ArrayBuffer | ArrayBufferView;
  /** "fastest" compares those that work here. */
  backend?: Backend | "fastest";
  /** Of WebAssembly; as many as the machine leaves free, at most 4. */
  threads?: number;
  /** How much the network adds to interpolation: 0 to 2, one number or one for each level; of "vivid" 0 to 1, from "standard" to itself. 1. */
  strength?: number | number[];
  /** Whether what did not change is kept; the bytes are the same. True. */
  reuse?: boolean;
  /** Width and height of the frame that backends are compared by. */
  size?: [number, number];
}

export interface Output {
  /** Where to draw; a new canvas in the video's place without it. */
  canvas?: HTMLCanvasElement | null;
  /** True for a MediaStreamTrack. */
  track?: boolean;
}

export interface Stats {
  /** Frames shown. */
  frames: number;
  /** Frames that came while the one before was still being made. */
  skipped: number;
  /** Of the latest 30 frames. */
  fps: number;
  /** Mean time from a frame to its output, of the latest 30. */
  ms: number;
  /** "browser" where the browser's own scaling is shown. */
  backend: Backend | "browser";
  /** Of the latest frame's luma that was the same as before and was not made again, 0 to 1. */
  share: number;
  /** Of the latest frame. */
  reason: Reason | "";
  /** How often each. */
  reasons: Partial<Record<Reason, number>>;
}

/** A video that is being enlarged. */
export interface Drive {
  readonly stats: Stats;
  readonly canvas: HTMLCanvasElement;
  readonly track: MediaStreamTrack | null;
  stop(): void;
}

/** Enlarges what a video element shows, for as long as it plays. */
export function upscale(video: HTMLVideoElement, settings?: Settings & Output): Promise<Drive>;

/** Enlarges the frames of one stream, given as planes. */
export class Upscaler {
  private constructor();
  static start(settings?: Settings): Promise<Upscaler>;
  readonly backend: Backend;
  /** What was compared at the start, the fastest first; empty for a named backend. */
  readonly tried: { name: Backend; ms: number; reason: Reason }[];
  /** Wait for one frame before giving the next. */
  push(frame: Planes): Promise<{ frame: Planes; share: number; level: number }>;
  close(): void;
}

/** What a model file or a strength is refused for. */
export class ModelError extends Error {}

export const MODELS: Record<ModelName, URL>;
export const BACKENDS: Record<Backend, { runsHere(): boolean }>;

/** The picture that a video element shows now. Throws for one that the page may not read. */
export function readVideo(video: HTMLVideoElement): Promise<Planes>;
export function readFrame(frame: VideoFrame): Promise<Planes>;
/** time: microseconds. */
export function writeFrame(planes: Planes, time: number): VideoFrame;
