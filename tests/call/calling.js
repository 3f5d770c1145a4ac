// A call of a page to `pellucid serve`, for tests: the camera or a marked canvas, there and back.
// Evaluated in a page of the server, so that its origin is right; `window.call` is what is kept.

const MARK = { columns: 8, rows: 4, check: 251, bits: 24 };

/** Calls the server at this page's address; {codec: "VP8" | "H264", marked, video, audio}. */
window.startCall = async ({ codec, marked, video = true, audio = true }) => {
  const peer = new RTCPeerConnection();
  const call = (window.call = { peer, told: [], ages: [], video: null });
  const stream = await navigator.mediaDevices.getUserMedia({
    video: video && { width: 480, height: 360, frameRate: 30 },
    audio: audio && { echoCancellation: false, noiseSuppression: false, autoGainControl: false },
  });
  peer.ontrack = ({ track }) => show(call, track, marked);
  for (const track of stream.getTracks()) {
    const sent = marked && track.kind === "video" ? mark(track) : track;
    const picture = track.kind === "video";
    const { sender } = peer.addTransceiver(sent, { direction: picture ? "sendonly" : "sendrecv" });
    if (!picture) continue;
    await keepSize(sender);
    peer.addTransceiver("video", { direction: "recvonly" });
  }
  for (const one of peer.getTransceivers())
    if (codec && one.receiver.track.kind === "video") one.setCodecPreferences(only(codec));
  const socket = (call.socket = new WebSocket(
    `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/call${location.search}`,
  ));
  await new Promise((done, failed) => ((socket.onopen = done), (socket.onerror = failed)));
  const answered = new Promise((done) => {
    socket.onmessage = ({ data }) => {
      const told = JSON.parse(data);
      if (told.type === "answer") done(told.sdp);
      call.told.push(told);
    };
  });
  await peer.setLocalDescription();
  if (peer.iceGatheringState !== "complete")
    await new Promise((done) => {
      peer.onicegatheringstatechange = () => peer.iceGatheringState === "complete" && done();
    });
  socket.send(JSON.stringify({ type: "offer", sdp: peer.localDescription.sdp }));
  await peer.setRemoteDescription({ type: "answer", sdp: await answered });
};

/** What came back so far. */
window.callState = async () => {
  const { peer, told, ages, video } = window.call;
  const known = [...(await peer.getStats()).values()];
  const inbound = (kind) => known.find((one) => one.type === "inbound-rtp" && one.kind === kind);
  const codecs = known.filter((one) => one.type === "codec").map((one) => one.mimeType);
  const quality = (one) => video?.getVideoPlaybackQuality?.()[one];
  return {
    state: peer.connectionState,
    now: performance.now(),
    frames: inbound("video")?.framesDecoded ?? 0,
    width: inbound("video")?.frameWidth ?? 0,
    height: inbound("video")?.frameHeight ?? 0,
    held: inbound("video")?.jitterBufferDelay ?? 0, // s, of all pictures that left the buffer,
    left: inbound("video")?.jitterBufferEmittedCount ?? 0, // which are so many
    energy: inbound("audio")?.totalAudioEnergy ?? 0,
    shown: quality("totalVideoFrames"),
    codecs,
    errors: told.filter((one) => one.type === "error"),
    stats: told.findLast((one) => one.type === "stats"),
    ages,
  };
};

async function keepSize(sender) {
  const parameters = sender.getParameters();
  parameters.degradationPreference = "maintain-resolution";
  await sender.setParameters(parameters);
}

function only(codec) {
  const known = RTCRtpReceiver.getCapabilities("video").codecs;
  return known.filter((one) => [`video/${codec}`, "video/rtx"].includes(one.mimeType));
}

/** The camera's pictures with the time in their upper half, as `marks.py` draws it. */
function mark(track) {
  const canvas = new OffscreenCanvas(480, 360);
  const context = canvas.getContext("2d", { alpha: false });
  const { readable } = new MediaStreamTrackProcessor({ track });
  const generator = new MediaStreamTrackGenerator({ kind: "video" });
  const drawn = new TransformStream({
    transform(frame, controller) {
      const { timestamp } = frame;
      context.drawImage(frame, 0, 0, 480, 360);
      frame.close();
      const number = Math.round(performance.now()) % 2 ** MARK.bits;
      blocks(480, 360, (bit, x, y, width, height) => {
        const value = bit < 8 ? number % MARK.check : number;
        const set = Math.floor(value / 2 ** (bit < 8 ? bit : bit - 8)) % 2;
        context.fillStyle = set ? "#d7d7d7" : "#282828";
        context.fillRect(x, y, width, height);
      });
      controller.enqueue(new VideoFrame(canvas, { timestamp }));
    },
  });
  readable.pipeThrough(drawn).pipeTo(generator.writable);
  return generator;
}

function blocks(width, height, each) {
  const w = Math.floor(width / MARK.columns);
  const h = Math.floor(height / 2 / MARK.rows);
  for (let bit = 0; bit < MARK.columns * MARK.rows; bit++)
    each(bit, (bit % MARK.columns) * w, Math.floor(bit / MARK.columns) * h, w, h);
}

function show(call, track, marked) {
  const element = document.createElement(track.kind);
  element.autoplay = true; // and not muted: silenced sound is not decoded
  element.srcObject = new MediaStream([track]);
  document.body.append(element);
  if (track.kind !== "video") return;
  call.video = element;
  if (marked) readAges(call, element);
}

/** Notes [time, age] in ms of each picture that is shown. */
function readAges(call, element) {
  const canvas = new OffscreenCanvas(MARK.columns, MARK.rows * 2);
  const context = canvas.getContext("2d", { alpha: false, willReadFrequently: true });
  const look = () => {
    const now = performance.now();
    context.imageSmoothingEnabled = false; // a pixel is one from the middle of a block
    context.drawImage(element, 0, 0, MARK.columns, MARK.rows * 2);
    const pixels = context.getImageData(0, 0, MARK.columns, MARK.rows).data;
    let number = 0;
    let check = 0;
    for (let bit = 0; bit < 32; bit++) {
      const set = pixels[4 * bit + 1] > 128 ? 1 : 0;
      if (bit < 8) check += set * 2 ** bit;
      else number += set * 2 ** (bit - 8);
    }
    if (number && number % MARK.check === check) call.ages.push([now, now - number]);
    element.requestVideoFrameCallback(look);
  };
  element.requestVideoFrameCallback(look);
}
