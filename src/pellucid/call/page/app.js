// Joins all: buttons and keys, the session, what is shown of it.

import { Chart } from "./charts.js";
import { Controls } from "./controls.js";
import { CHARTS, Meters } from "./meters.js";
import { Picture } from "./picture.js";
import { Session } from "./session.js";
import { DEFAULTS, message, throttled } from "./settings.js";
import { Split } from "./split.js";
import { Stage } from "./stage.js";
import { engineWords, pictureWords, sharesInWords, voiceWords } from "./words.js";

const TELLING_MS = 100; // between settings that are told
const MEASURING_MS = 500;
const SAYING_MS = 10_000; // how long a sentence lies over a call that goes on
const STATES = { idle: "not connected", connecting: "connecting", live: "live" };

const $ = (id) => document.getElementById(id);
const settings = { ...DEFAULTS };
const session = new Session(() => ({ codec: $("codec").value, settings: message(shown()) }));
const stage = new Stage($("frame"));
const picture = new Picture(stage.back, $("enlarged"));
const split = new Split($("split"), (share) => change({ split: share }));
const controls = new Controls($("controls"), change);
const charts = CHARTS.map((chart) => new Chart(chart));
const tell = throttled(TELLING_MS, () => session.send(message(shown())));

let comparing = false; // the picture as it came is shown over the whole width
let meters = new Meters();
let server = null; // the latest stats message
let saying = null; // timer
let began = 0; // when the call went live, ms

const HEARD = {
  state: enter,
  words: say,
  source: (source) => (source ? send(source) : clear()),
  back: (stream) => stage.showBack(stream).then(showSound),
  stats: (stats) => (server = stats),
};

const KEYS = {
  p: () => settings.way !== "off" && compare(!comparing),
  v: () => change({ voice: settings.voice === "clear" ? "plain" : "clear" }),
  s: () => showSound(stage.turnSound()),
  h: () => session.state !== "idle" && session.end(),
};

function enter(state) {
  document.body.dataset.state = state;
  $("state").textContent = STATES[state];
  $("time").textContent = "";
  $("sound").disabled = $("hangup").disabled = state === "idle";
  [meters, server, began] = [new Meters(), null, performance.now()];
  apply();
}

/** Shows a sentence, or with null takes it away. */
function say(words) {
  clearTimeout(saying);
  if (words) saying = setTimeout(() => session.state === "live" && say(null), SAYING_MS);
  $("error").textContent = words ?? "";
  $("error").hidden = !words;
}

function send({ kind, stream }) {
  $("source").value = kind;
  stage.showSent(stream);
}

function clear() {
  stage.clear();
  for (const chart of charts) chart.clear();
  compare(false);
}

function change(some) {
  Object.assign(settings, some);
  if ("split" in some) comparing = false;
  show();
  tell();
  if ("way" in some || "model" in some) apply();
}

function compare(on) {
  comparing = on;
  show();
  tell();
}

/** The settings as they are seen now. */
function shown() {
  return comparing ? { ...settings, split: 1 } : settings;
}

function show() {
  controls.show(settings);
  split.show(shown().split);
  document.body.dataset.way = settings.way;
  $("compare").disabled = settings.way === "off";
  $("compare").setAttribute("aria-pressed", comparing);
}

function showSound(on) {
  $("sound").setAttribute("aria-pressed", on);
}

/** Starts or stops this browser's own enlarging. */
function apply() {
  if (session.state !== "live" || settings.way !== "browser") return picture.stop();
  return picture.start(settings.model, stage.sentWidth).catch((error) => say(`This browser cannot enlarge: ${error.message}.`));
}

async function measure() {
  const report = session.state === "live" ? await session.getStats() : null;
  if (!report || session.state !== "live") return;
  const now = performance.now();
  const row = meters.row(report, server, picture.stats);
  for (const chart of charts) chart.add(now / 1000, row);
  const { canvas } = picture;
  stage.tell(server?.video, canvas ? [canvas.width, canvas.height] : null, row.fps);
  const seconds = Math.floor((now - began) / 1000);
  $("time").textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  explain();
}

/** Reasons in words, under the choices that they are about. */
function explain() {
  const mine = picture.stats;
  if (mine) $("picture-note").textContent = `${pictureWords(mine.reason || "ok")} ${engineWords(mine.backend)}`;
  else if (settings.way === "off") $("picture-note").textContent = pictureWords("idle");
  else if (server?.video) $("picture-note").textContent = `${pictureWords(server.video.reason)} ${sharesInWords(server.video.ways)}`;
  if (settings.voice === "plain") $("voice-note").textContent = voiceWords("plain");
  else if (server?.voice) $("voice-note").textContent = voiceWords(server.voice.reason);
}

function press(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("select")) return;
  KEYS[event.key.toLowerCase()]?.();
}

for (const [type, hear] of Object.entries(HEARD)) session.addEventListener(type, ({ detail }) => hear(detail));
for (const button of document.querySelectorAll("[data-start]")) button.addEventListener("click", () => session.start(button.dataset.start));
for (const [id, key] of [["compare", "p"], ["sound", "s"], ["hangup", "h"]]) $(id).addEventListener("click", KEYS[key]);
$("source").addEventListener("change", ({ target }) => session.state !== "idle" && session.start(target.value));
$("codec").addEventListener("change", () => session.state === "live" && session.again());
addEventListener("keydown", press);
addEventListener("pagehide", KEYS.h);
addEventListener("resize", () => charts.forEach((chart) => chart.draw()));
$("charts").append(...charts.map(({ element }) => element));
setInterval(measure, MEASURING_MS);
show();
