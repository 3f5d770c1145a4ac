// What the charts show, twice a second, out of the browser's counters and the server's.

/** The charts, in their order. lines: a number's name in a row, its name for people, its colour's name. */
export const CHARTS = [
  { title: "Bit rate", unit: "kbit/s", lines: [["sent", "sent", "before"], ["arrives", "arrives", "plain"], ["back", "back", "after"]] },
  { title: "Pictures back", lines: [["fps", "a second", "after"]], least: 30 },
  { title: "Work on a picture", lines: [["ms", "ms", "after"]], least: 20 },
  { title: "Reused", lines: [["reused", "% of it", "after"]], least: 100 },
  { title: "Loss", unit: "%", lines: [["lost", "link", "before"], ["filled", "filled", "after"]], least: 10 },
  { title: "Delay", unit: "ms", lines: [["link", "link", "before"], ["buffer", "buffer", "plain"]], least: 100 },
];

const POINTS = 4; // of a counter that its rate is taken over: 1.5 s

/** Turns counters that grow into rates. */
export class Meters {
  #points = {}; // the latest [value, by] of each counter

  /**
   * One row of numbers by the charts' names; NaN where nothing is known. report: of getStats. server:
   * the latest stats message, or null. drive: the browser's upscaler's stats, or null.
   */
  row(report, server, drive) {
    const { video, voice, link } = server ?? {};
    const seen = counters(report);
    const [packets, gone] = [link?.packets, link && link.lost + link.dropped];
    return {
      sent: this.#rate("sent", seen.sent, seen.seconds) / 125,
      arrives: server ? (video?.kbps_in ?? 0) + (voice?.kbps_in ?? 0) : NaN,
      back: this.#rate("back", seen.back, seen.seconds) / 125,
      fps: this.#rate("frames", seen.frames, seen.seconds),
      ms: drive?.ms ?? (video?.ms || NaN), // 0: the server enlarged nothing
      reused: 100 * (drive?.share ?? video?.reused ?? NaN),
      lost: 100 * this.#rate("gone", gone, packets),
      filled: 100 * (voice?.concealed_now ?? NaN),
      link: link?.waiting_ms ?? NaN,
      buffer: voice?.delay_ms ?? NaN,
    };
  }

  /** How much a counter grew for each that another grew, lately. */
  #rate(name, value, by) {
    const points = (this.#points[name] ??= []);
    if (Number.isFinite(by) && !(by <= points.at(-1)?.[1])) points.push([value, by]);
    if (points.length > POINTS) points.shift();
    if (points.length < 2) return NaN;
    const [[first, since], [last, until]] = [points[0], points.at(-1)];
    return Math.max(0, (last - first) / (until - since));
  }
}

function counters(report) {
  const seen = { sent: 0, back: 0, frames: 0, seconds: 0 };
  for (const part of report.values()) {
    if (part.type === "outbound-rtp") seen.sent += part.bytesSent;
    if (part.type === "inbound-rtp") seen.back += part.bytesReceived;
    if (part.type === "inbound-rtp" && part.kind === "video") seen.frames = part.framesDecoded ?? 0;
    if (part.type.endsWith("bound-rtp")) seen.seconds = Math.max(seen.seconds, part.timestamp / 1000);
  }
  return seen;
}
