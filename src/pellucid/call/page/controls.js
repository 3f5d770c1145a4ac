// The form of settings: choices, sliders of the link and links to try.

import { PRESETS, presetOf } from "./settings.js";

const RATES = [100, 150, 200, 300, 400, 500, 700, 1000, 1500, 2000, 3000, 0]; // kbit/s; the last is no limit
const CHOICES = ["way", "model", "voice"];
/** name: [label, steps, from steps to the setting, to steps, in words]. */
const SLIDERS = {
  loss: ["Loss", 30, (step) => step / 100, (loss) => Math.round(100 * loss), (loss) => `${Math.round(100 * loss)} %`],
  delay_ms: ["Delay", 50, (step) => 10 * step, (ms) => ms / 10, (ms) => `${ms} ms`],
  jitter_ms: ["Jitter", 40, (step) => 5 * step, (ms) => ms / 5, (ms) => `${ms} ms`],
  rate_kbps: ["Rate", RATES.length - 1, (step) => RATES[step], (kbps) => RATES.indexOf(kbps), (kbps) => (kbps ? `${kbps} kbit/s` : "no limit")],
};

/** Shows settings in a form, and calls `change(some)` with those that somebody changed. */
export class Controls {
  #form;
  #change;
  #sliders = {};
  #presets = {};

  constructor(form, change) {
    this.#form = form;
    this.#change = change;
    for (const name of Object.keys(SLIDERS)) this.#addSlider(name);
    for (const name of Object.keys(PRESETS)) this.#addPreset(name);
    form.addEventListener("change", ({ target }) => CHOICES.includes(target.name) && change({ [target.name]: target.value }));
    form.addEventListener("submit", (event) => event.preventDefault());
  }

  show(settings) {
    for (const name of CHOICES) this.#form.elements[name].value = settings[name];
    for (const name of Object.keys(SLIDERS)) this.#showSlider(name, settings[name]);
    const preset = presetOf(settings);
    for (const [name, button] of Object.entries(this.#presets)) button.setAttribute("aria-pressed", name === preset);
  }

  #addSlider(name) {
    const [label, steps, toSetting] = SLIDERS[name];
    const row = document.createElement("label");
    row.innerHTML = `<span>${label}</span><input type="range" min="0" max="${steps}" name="${name}"><output></output>`;
    const input = row.querySelector("input");
    input.addEventListener("input", () => this.#change({ [name]: toSetting(Number(input.value)) }));
    this.#sliders[name] = row;
    this.#form.querySelector("#sliders").append(row);
  }

  #showSlider(name, setting) {
    const [, steps, , toSteps, words] = SLIDERS[name];
    const [input, output] = ["input", "output"].map((tag) => this.#sliders[name].querySelector(tag));
    input.value = toSteps(setting);
    input.style.setProperty("--filled", input.value / steps);
    input.setAttribute("aria-valuetext", words(setting));
    output.textContent = words(setting);
  }

  #addPreset(name) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: name });
    button.addEventListener("click", () => this.#change({ ...PRESETS[name] }));
    this.#presets[name] = button;
    this.#form.querySelector("#presets").append(button);
  }
}
