// A source, and the call that carries it: begun, begun again when it is lost, and ended.

import { addressOf, Call } from "./call.js";
import { open } from "./camera.js";

const TRIES = 5; // to reach a server again that was lost
const FIRST_WAIT_MS = 1000; // doubled each time

/**
 * Events: "state" ("idle", "connecting" or "live"), "source" (what is sent now, or null), "back" (a
 * MediaStream), "stats" (the server's message), and "words" (a sentence to show, or null for none).
 */
export class Session extends EventTarget {
  state = "idle";
  #source = null;
  #call = null;
  #agreed; // () => {codec, settings}
  #turn = 0; // of openings: a source that was opened for an earlier one is given back
  #tries = 0;
  #wasLive = false;
  #timer = null;

  /** agreed: tells the {codec, settings} that a call begins with. */
  constructor(agreed) {
    super();
    this.#agreed = agreed;
  }

  /** Opens a source, and calls with it or puts it into the call that there is. From a click. */
  async start(kind) {
    this.#tell("words", null);
    if (!this.#call) this.#enter("connecting");
    const turn = (this.#turn += 1);
    const source = await open(kind, addressOf("sample.mp4")).catch((error) => error);
    if (turn !== this.#turn) return source.stop?.();
    if (source instanceof Error) return this.end(source.message);
    this.#source?.stop();
    this.#source = source;
    this.#tell("source", source);
    this.#tell("words", source.words ?? null);
    return this.#call ? this.#call.replace(source.stream) : this.#join();
  }

  /** Another call with the same source: a codec is agreed on once in a call. */
  again() {
    const last = this.#call;
    this.#call = null;
    last.hangUp();
    this.#enter("connecting");
    this.#join();
  }

  /** Ends the call and frees everything. words: why, or null. */
  end(words = null) {
    const last = this.#call;
    clearTimeout(this.#timer);
    this.#call = null;
    last?.hangUp();
    this.#source?.stop();
    this.#source = null;
    this.#turn += 1;
    this.#tries = 0;
    this.#wasLive = false;
    this.#tell("source", null);
    this.#tell("words", words);
    this.#enter("idle");
  }

  send(message) {
    this.#call?.send(message);
  }

  /** The browser's counters, or null where there is no call, or no longer the same. */
  async getStats() {
    const call = this.#call;
    const report = await call?.getStats();
    return report && call === this.#call ? report : null;
  }

  #join() {
    const call = new Call({ stream: this.#source.stream, ...this.#agreed() });
    this.#call = call;
    const heard = {
      live: () => this.#live(),
      back: (stream) => this.#tell("back", stream),
      stats: (stats) => this.#tell("stats", stats),
      error: ({ message }) => this.#tell("words", message),
      end: (words) => this.#lost(words),
    };
    for (const [type, hear] of Object.entries(heard)) call.addEventListener(type, ({ detail }) => call === this.#call && hear(detail));
  }

  #live() {
    this.#tries = 0;
    this.#wasLive = true;
    this.#tell("words", this.#source.words ?? null);
    this.#enter("live");
  }

  /** A call that the server or the network ended is tried again, if one ever went well. */
  #lost(words) {
    this.#call = null;
    if (!this.#wasLive || this.#tries === TRIES) return this.end(words);
    this.#tell("words", `${words} Trying again.`);
    this.#enter("connecting");
    this.#timer = setTimeout(() => this.#join(), FIRST_WAIT_MS * 2 ** this.#tries++);
  }

  #enter(state) {
    this.state = state;
    this.#tell("state", state);
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
