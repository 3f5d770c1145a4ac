// Where pictures and sound come from: the camera, or the sample clip.

import { cameraWords } from "./words.js";

const SIZE = { width: { ideal: 480 }, height: { ideal: 360 }, frameRate: { ideal: 30 } };
// The browser's own noise suppression would leave nothing for the server's to do.
const SOUND = { echoCancellation: true, noiseSuppression: false, autoGainControl: true };
const CLIP_FPS = 25;

/**
 * A source: {kind, stream, stop()}, with `words` where it is not the one asked for. kind: "camera" or
 * "clip". Call it from a click: a clip may not play otherwise. Throws where the clip does not play.
 */
export async function open(kind, clipAddress) {
  if (kind === "clip") return clip(clipAddress);
  try {
    return await camera();
  } catch (error) {
    return { ...(await clip(clipAddress)), words: cameraWords(error) };
  }
}

async function camera() {
  // Pages that are not secure have no mediaDevices at all.
  if (!navigator.mediaDevices) throw Object.assign(new Error("not secure"), { name: "InsecureContext" });
  const stream = await withOrWithoutSound();
  return { kind: "camera", stream, stop: () => stopTracks(stream) };
}

/** A machine may have a camera and no microphone. */
async function withOrWithoutSound() {
  try {
    return await navigator.mediaDevices.getUserMedia({ video: SIZE, audio: SOUND });
  } catch (error) {
    if (error.name !== "NotFoundError") throw error;
    return navigator.mediaDevices.getUserMedia({ video: SIZE });
  }
}

async function clip(address) {
  const video = Object.assign(document.createElement("video"), { src: address, loop: true, playsInline: true });
  const sound = new AudioContext();
  // Through Web Audio and to nowhere else, the clip is heard by the server alone.
  const heard = sound.createMediaStreamDestination();
  sound.createMediaElementSource(video).connect(heard);
  sound.resume(); // never answers where the browser waits for a click
  try {
    await begun(video);
  } catch {
    sound.close();
    throw new Error("The sample clip does not play in this browser.");
  }
  const pictures = video.captureStream ? direct(video) : drawn(video);
  const stream = new MediaStream([pictures.track, ...heard.stream.getAudioTracks()]);
  const stop = () => {
    pictures.stop();
    stopTracks(stream);
    video.pause();
    video.removeAttribute("src");
    video.load();
    sound.close();
  };
  return { kind: "clip", stream, stop };
}

/** Safari lets a clip play with its sound in a click alone, and a refused camera comes after that. */
async function begun(video) {
  try {
    await video.play();
  } catch (error) {
    if (error.name !== "NotAllowedError") throw error;
    video.muted = true;
    await video.play();
  }
}

function direct(video) {
  return { track: video.captureStream().getVideoTracks()[0], stop() {} };
}

/** For browsers whose videos cannot be captured, as Safari's: drawn to a canvas that nobody sees. */
function drawn(video) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
  const context = canvas.getContext("2d");
  const draw = () => context.drawImage(video, 0, 0);
  draw();
  const timer = setInterval(draw, 1000 / CLIP_FPS);
  return { track: canvas.captureStream(CLIP_FPS).getVideoTracks()[0], stop: () => clearInterval(timer) };
}

function stopTracks(stream) {
  for (const track of stream.getTracks()) track.stop();
}
