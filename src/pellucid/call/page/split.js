// The line between the picture as it came and the picture made clear: dragged, or moved by arrow keys.

/** element: holds a range input and lies over the frame. Calls `moved(share)` with 0 to 1 from the left. */
export class Split {
  #frame;
  #input;
  #moved;

  constructor(element, moved) {
    this.#frame = element.parentElement;
    this.#input = element.querySelector("input");
    this.#moved = moved;
    this.#input.addEventListener("input", () => moved(this.#input.value / this.#input.max));
    element.addEventListener("pointerdown", (event) => this.#grab(element, event));
    element.addEventListener("lostpointercapture", () => this.#frame.classList.remove("held"));
    element.addEventListener("pointermove", (event) => element.hasPointerCapture(event.pointerId) && this.#follow(event));
  }

  /** Draws the line at a share of the width. */
  show(share) {
    this.#input.value = Math.round(share * this.#input.max);
    this.#input.setAttribute("aria-valuetext", `${Math.round(100 * share)} %`);
    this.#frame.style.setProperty("--split", share);
  }

  #grab(element, event) {
    if (event.button !== 0) return;
    event.preventDefault(); // of a selection
    element.setPointerCapture(event.pointerId);
    this.#frame.classList.add("held");
    this.#input.focus({ preventScroll: true });
    this.#follow(event);
  }

  #follow({ clientX }) {
    const { left, width } = this.#frame.getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (clientX - left) / width));
    this.show(share);
    this.#moved(share);
  }
}
