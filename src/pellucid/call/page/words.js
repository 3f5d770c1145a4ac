// Reason codes and failures in words.

const PICTURE = {
  ok: "Every picture is twice as wide and high.",
  over_budget: "The server is busy: a smaller network or plain interpolation stands in.",
  idle: "Pictures come back as they are.",
  resolution_too_large: "The picture is too large to be doubled, and comes back as it is.",
  unsupported_format: "This kind of picture cannot be doubled, and comes back as it is.",
  late: "This device is busy: some pictures are skipped.",
  no_simd: "This browser has no WebAssembly SIMD, so its own scaling is shown.",
  missing: "No engine runs in this browser, so its own scaling is shown.",
  software: "No fast engine runs in this browser, so its own scaling is shown.",
  wrong_bytes: "This browser's engine computes wrongly, so its own scaling is shown.",
  failed: "The engine broke down, so the browser's own scaling is shown.",
  unreadable: "The page may not read this video, so the browser's own scaling is shown.",
};

const VOICE = {
  ok: "Noise goes, lost packets are filled.",
  plain: "As it came: lost packets are silent.",
  waiting: "Waiting for the first packet.",
  over_budget: "The server is busy: gaps are filled, noise stays.",
};

const ENGINES = { wasm: "By WebAssembly.", webgpu: "By WebGPU." };

const ERRORS = {
  NotAllowedError: "The camera is not allowed here, so the sample clip plays instead.",
  NotFoundError: "There is no camera, so the sample clip plays instead.",
  NotReadableError: "Another program holds the camera, so the sample clip plays instead.",
  InsecureContext: "Browsers give a camera only to https pages, so the sample clip plays instead.",
};

export const pictureWords = (reason) => PICTURE[reason] ?? `The picture: ${spelled(reason)}.`;
export const voiceWords = (reason) => VOICE[reason] ?? `The voice: ${spelled(reason)}.`;

/** Who computes in this browser. */
export const engineWords = (backend) => ENGINES[backend] ?? "";

/** Why there is no camera. error: what getUserMedia threw. */
export const cameraWords = (error) => ERRORS[error.name] ?? "The camera did not start, so the sample clip plays instead.";

/** Who made the pictures, most first, where there are many: "So far standard 98 %, bicubic 2 %." counts: by name. */
export function sharesInWords(counts) {
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  if (Object.keys(counts).length < 2) return "";
  const largest = Object.entries(counts).sort(([, one], [, other]) => other - one);
  return `So far ${largest.map(([name, count]) => `${spelled(name)} ${Math.round((100 * count) / total)} %`).join(", ")}.`;
}

function spelled(code) {
  return code.replaceAll("_", " ");
}
