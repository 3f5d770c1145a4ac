// What the call is set to, the links that can be tried, and what the server is told of it.

/** way: who enlarges: "server", "browser" or "off". split: share of the width that shows the picture as it came. */
export const DEFAULTS = {
  way: "server",
  model: "standard",
  split: 0.5,
  voice: "clear",
  loss: 0, // share of packets
  delay_ms: 0,
  jitter_ms: 0,
  rate_kbps: 0, // 0: no limit
};

export const LINK = ["loss", "delay_ms", "jitter_ms", "rate_kbps"];

/** Links between a caller and the server, by name. */
export const PRESETS = {
  good: { loss: 0, delay_ms: 0, jitter_ms: 0, rate_kbps: 0 },
  café: { loss: 0.03, delay_ms: 40, jitter_ms: 30, rate_kbps: 1500 },
  train: { loss: 0.08, delay_ms: 100, jitter_ms: 40, rate_kbps: 700 },
  "300 kbit/s": { loss: 0, delay_ms: 40, jitter_ms: 10, rate_kbps: 300 },
};

/** The settings as the server takes them. Where it does not enlarge, its split means nothing. */
export function message({ way, ...others }) {
  return { type: "settings", ...others, picture: way === "server" ? "server" : "off" };
}

/** The preset that settings are, or null. */
export function presetOf(settings) {
  const same = ([, link]) => LINK.every((name) => link[name] === settings[name]);
  return Object.entries(PRESETS).find(same)?.[0] ?? null;
}

/** Calls at most once each `ms`, the last time with the newest, so that a drag does not flood the server. */
export function throttled(ms, call) {
  let timer = null;
  let waiting = false;
  const run = () => {
    waiting = false;
    timer = setTimeout(() => {
      timer = null;
      if (waiting) run();
    }, ms);
    call();
  };
  return () => {
    waiting = true;
    if (timer === null) run();
  };
}
