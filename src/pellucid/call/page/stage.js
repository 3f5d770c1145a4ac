// The stage: what came back, what is sent in a corner, sizes and rate in words.

/** frame: the element around the videos, which takes the shape of what came back. */
export class Stage {
  #frame;
  #back;
  #sent;
  #readout;

  constructor(frame) {
    this.#frame = frame;
    [this.#back, this.#sent, this.#readout] = ["#back", "#sent", "#readout"].map((name) => frame.querySelector(name));
    this.#back.addEventListener("resize", () => this.#shape());
  }

  /** The video that plays what came back. */
  get back() {
    return this.#back;
  }

  /** Width in pixels of the pictures that are sent, 0 before the first. */
  get sentWidth() {
    return this.#sent.videoWidth;
  }

  showSent(stream) {
    this.#sent.srcObject = stream;
    this.#sent.play().catch(() => {}); // it is muted; a page in the background plays it later
  }

  /** Plays with sound, or without where the browser refuses that; says which. */
  async showBack(stream) {
    this.#back.srcObject = stream;
    try {
      await this.#back.play();
    } catch (error) {
      if (error.name === "NotAllowedError") this.#back.muted = true;
      await this.#back.play().catch(() => {}); // taken away again while it began
    }
    return !this.#back.muted;
  }

  /** Sound off, or on again; whether it is on. */
  turnSound() {
    this.#back.muted = !this.#back.muted;
    return !this.#back.muted;
  }

  clear() {
    this.#back.srcObject = this.#sent.srcObject = null;
    this.#readout.textContent = "";
    this.#frame.style.removeProperty("--aspect");
  }

  /** received: the server's {width, height}. made: [width, height] of this browser's, or null. */
  tell(received, made, fps) {
    const back = made ?? [this.#back.videoWidth, this.#back.videoHeight];
    const sizes = [[received?.width, received?.height], back].filter(([width]) => width).map((pair) => pair.join(" × "));
    const rate = Number.isFinite(fps) ? ` · ${Math.round(fps)} a second` : "";
    this.#readout.textContent = sizes.length ? [...new Set(sizes)].join(" → ") + rate : "";
  }

  #shape() {
    const { videoWidth: width, videoHeight: height } = this.#back;
    if (width) this.#frame.style.setProperty("--aspect", width / height);
  }
}
