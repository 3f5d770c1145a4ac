// Small charts of the last minute, with the numbers of now beside them.

const SECONDS = 60;
const MARGIN = 2; // pixels

/** One chart. title, unit: words. lines: [name in a row, name for people, colour's name]. least: of the scale's end. */
export class Chart {
  #lines;
  #least;
  #rows = []; // [seconds, {name: value}]
  #numbers = {};
  #canvas = document.createElement("canvas");
  #top = document.createElement("span");

  constructor({ title, unit = "", lines, least = 0 }) {
    this.#lines = lines;
    this.#least = least;
    this.element = document.createElement("figure");
    const caption = document.createElement("figcaption");
    caption.innerHTML = `<b>${title}</b> <span>${unit}</span>`;
    const plot = document.createElement("div");
    plot.className = "plot";
    this.#top.className = "top";
    this.#canvas.setAttribute("aria-hidden", "true"); // the numbers say it
    plot.append(this.#canvas, this.#top);
    this.element.append(caption, this.#legend(), plot);
  }

  /** Adds a row of the time `now` in seconds, and draws. Numbers that are NaN leave a gap. */
  add(now, row) {
    this.#rows = [...this.#rows.filter(([then]) => then > now - SECONDS - 1), [now, row]];
    for (const [name] of this.#lines) this.#numbers[name].textContent = shown(row[name]);
    this.draw();
  }

  clear() {
    this.#rows = [];
    for (const number of Object.values(this.#numbers)) number.textContent = shown(NaN);
    this.draw();
  }

  /** Draws what is known, in the size and the colours of now. */
  draw() {
    const context = this.#sized();
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    const most = scaleEnd(this.#rows.flatMap(([, row]) => this.#lines.map(([name]) => row[name])), this.#least);
    const now = this.#rows.at(-1)?.[0] ?? 0;
    const x = (then) => width - MARGIN - ((now - then) / SECONDS) * width;
    const y = (value) => height - MARGIN - (value / most) * (height - 2 * MARGIN);
    this.#top.textContent = this.#rows.length ? most : "";
    for (const [name, , colour] of this.#lines) {
      const points = this.#rows.map(([then, row]) => [x(then), y(row[name])]);
      stroke(context, points, getComputedStyle(this.element).getPropertyValue(`--${colour}`));
    }
  }

  #legend() {
    const list = document.createElement("ul");
    for (const [name, label, colour] of this.#lines) {
      const item = document.createElement("li");
      item.className = colour;
      item.innerHTML = `<b>–</b> <span>${label}</span>`;
      this.#numbers[name] = item.firstChild;
      list.append(item);
    }
    return list;
  }

  #sized() {
    const ratio = devicePixelRatio;
    this.#canvas.width = Math.round(this.#canvas.clientWidth * ratio);
    this.#canvas.height = Math.round(this.#canvas.clientHeight * ratio);
    const context = this.#canvas.getContext("2d");
    context.scale(ratio, ratio);
    return context;
  }
}

/** The smallest of 1, 2, 3 or 5 times a power of ten that no value exceeds. */
export function scaleEnd(values, least) {
  const most = Math.max(least, 1, ...values.filter(Number.isFinite));
  const power = 10 ** Math.floor(Math.log10(most));
  return most <= least ? least : [1, 2, 3, 5, 10].map((digit) => digit * power).find((end) => end >= most);
}

function shown(value) {
  if (!Number.isFinite(value)) return "–";
  return value > 0 && value < 10 ? value.toFixed(1) : String(Math.round(value));
}

function stroke(context, points, colour) {
  context.strokeStyle = context.fillStyle = colour;
  context.lineWidth = 1.75;
  context.lineJoin = "round";
  context.beginPath();
  let drawing = false;
  for (const [x, y] of points) {
    if (Number.isNaN(y)) drawing = false;
    else if (drawing) context.lineTo(x, y);
    else context.moveTo(x, y);
    if (!Number.isNaN(y)) drawing = true;
  }
  context.stroke();
}
