// One call: a WebSocket that carries offers, settings and statistics, and a peer connection.

const START_KBPS = 1000; // where Chromium begins, instead of at 300, from which it takes long to rise
const LINES = 360; // of a picture, as calls send it
const GATHERING_MS = 2000;
// A picture goes and comes back on ways of their own: the server numbers its packets only where none go there.
const WAYS = { video: ["sendonly", "recvonly"], audio: ["sendrecv"] };
const KINDS = Object.keys(WAYS);

/** The page's address as the server's, with the token that the page came with. */
export function addressOf(path, page = location) {
  const address = new URL(path, page.href);
  const token = new URL(page.href).searchParams.get("token");
  if (token) address.searchParams.set("token", token);
  return address;
}

/** An answer in which the browser reads that it may start fast; VP8 has no fmtp line yet, H264 has one. */
export function startingFast(sdp, kbps = START_KBPS) {
  const setting = `x-google-start-bitrate=${kbps}`;
  return sdp
    .split(/(?=^m=)/m)
    .map((part) => (part.startsWith("m=video") ? part.split("\r\n").flatMap((line) => extended(line, part, setting)).join("\r\n") : part))
    .join("");
}

function extended(line, part, setting) {
  const [, fmtp] = line.match(/^a=fmtp:(\d+) /) ?? [];
  if (fmtp && !line.includes("apt=")) return [`${line};${setting}`];
  const [, plain] = line.match(/^a=rtpmap:(\d+) (?!rtx)/i) ?? [];
  return plain && !part.includes(`a=fmtp:${plain} `) ? [line, `a=fmtp:${plain} ${setting}`] : [line];
}

/**
 * A call that begins at once. Events: "live", "back" (detail: a MediaStream of what came back),
 * "settings", "stats" and "error" (detail: the server's message), and "end" (detail: a sentence, or
 * null where the page hung up) once, after which everything is freed.
 */
export class Call extends EventTarget {
  #socket;
  #peer;
  #opened = false;
  #why = null; // the server's last error

  /** stream: what is sent, which stays its owner's. codec: "VP8" or "H264". settings: a message. */
  constructor({ stream, codec, settings }) {
    super();
    this.#peer = new RTCPeerConnection({ iceServers: [], bundlePolicy: "max-bundle" });
    this.back = new MediaStream();
    this.#peer.ontrack = ({ track }) => {
      this.back.addTrack(track);
      this.#tell("back", this.back);
    };
    this.#peer.onconnectionstatechange = () => this.#connection();
    this.#send(stream, codec);
    this.#open(settings);
  }

  /** Tells the server; before the call stands, nothing. */
  send(message) {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  /** Sends another stream from now on. */
  async replace(stream) {
    for (const { sender, receiver, direction } of this.#peer.getTransceivers()) {
      if (direction === "recvonly") continue;
      await sender.replaceTrack(trackOf(stream, receiver.track.kind));
      await shape(sender);
    }
  }

  getStats() {
    return this.#peer.getStats();
  }

  hangUp() {
    this.send({ type: "bye" });
    this.#end(null);
  }

  #send(stream, codec) {
    for (const kind of KINDS) {
      const track = trackOf(stream, kind);
      for (const direction of WAYS[kind]) {
        const transceiver = this.#peer.addTransceiver(direction === "recvonly" ? kind : (track ?? kind), { direction });
        if (kind === "video") prefer(transceiver, codec);
      }
    }
  }

  #open(settings) {
    const address = addressOf("call");
    address.protocol = address.protocol.replace("http", "ws");
    this.#socket = new WebSocket(address);
    this.#socket.onopen = () => this.#offer(settings).catch((error) => this.#end(error.message));
    this.#socket.onmessage = ({ data }) => this.#take(JSON.parse(data));
    this.#socket.onclose = async () => this.#end(this.#why ?? (this.#opened ? "The server hung up." : await refusal()));
  }

  async #offer(settings) {
    this.#opened = true;
    this.send(settings);
    await this.#peer.setLocalDescription();
    await gathered(this.#peer);
    this.send({ type: "offer", sdp: this.#peer.localDescription.sdp });
  }

  async #take(message) {
    if (message.type === "error") this.#why = message.message;
    if (message.type === "answer") await this.#answer(message.sdp);
    else if (["settings", "stats", "error"].includes(message.type)) this.#tell(message.type, message);
  }

  async #answer(sdp) {
    try {
      await this.#peer.setRemoteDescription({ type: "answer", sdp: startingFast(sdp) });
      await Promise.all(this.#peer.getSenders().map(shape));
    } catch (error) {
      this.#end(`The call cannot begin: ${error.message}`);
    }
  }

  #connection() {
    const state = this.#peer.connectionState;
    if (state === "connected") this.#tell("live");
    if (state === "failed") this.#end("The connection to the server was lost.");
  }

  #end(words) {
    if (this.#peer.signalingState === "closed") return;
    this.#socket.onclose = this.#socket.onmessage = null;
    this.#socket.close();
    this.#peer.close();
    for (const track of this.back.getTracks()) track.stop();
    this.#tell("end", words);
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

const trackOf = (stream, kind) => stream.getTracks().find((track) => track.kind === kind) ?? null;

/** The codec first; what repairs packets stays. */
function prefer(transceiver, codec) {
  const all = RTCRtpReceiver.getCapabilities("video").codecs;
  const wanted = all.filter(({ mimeType }) => mimeType === `video/${codec}`);
  const repair = all.filter(({ mimeType }) => /\/(rtx|red|ulpfec)$/i.test(mimeType));
  if (wanted.length) transceiver.setCodecPreferences?.([...wanted, ...repair]);
}

/** Chromium would halve the picture rather than code it coarser, and cameras may give more lines than asked for. */
async function shape(sender) {
  if (sender.track?.kind !== "video") return;
  const { width, height } = sender.track.getSettings();
  const parameters = { ...sender.getParameters(), degradationPreference: "maintain-resolution" };
  for (const encoding of parameters.encodings ?? []) encoding.scaleResolutionDownBy = Math.max(1, Math.min(width, height) / LINES || 1);
  await sender.setParameters(parameters).catch(() => {}); // a browser that refuses sends as it likes
}

/** Why a socket did not open, which browsers do not tell a page; the server tells who asks plainly. */
async function refusal() {
  try {
    return (await (await fetch(addressOf("call"))).json()).message;
  } catch {
    return "The server cannot be reached.";
  }
}

/** All addresses are in the description, as the server is told them once. */
function gathered(peer) {
  if (peer.iceGatheringState === "complete") return Promise.resolve();
  return new Promise((done) => {
    peer.addEventListener("icegatheringstatechange", () => peer.iceGatheringState === "complete" && done());
    setTimeout(done, GATHERING_MS);
  });
}
