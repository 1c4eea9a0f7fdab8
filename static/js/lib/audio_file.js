/**
 * The media type of a sound file by its first bytes; empty if it is none we know.
 * @param {ArrayBuffer} file
 */
export function audioType(file) {
  const bytes = new Uint8Array(file, 0, Math.min(12, file.byteLength));
  const ascii = String.fromCharCode(...bytes);
  if (ascii.startsWith("RIFF") && ascii.slice(8, 12) === "WAVE") return "audio/wav";
  if (ascii.startsWith("ID3")) return "audio/mpeg";
  // An MPEG frame begins with eleven set bits.
  if (bytes[0] === 0xff && ((bytes[1] ?? 0) & 0xe0) === 0xe0) return "audio/mpeg";
  return "";
}

const HEADER_BYTES = 44;

/**
 * @param {number} rate Hz
 * @param {readonly Int16Array[]} frames mono, one after another
 * @returns {ArrayBuffer} a WAV file
 */
export function wavFile(rate, frames) {
  const bytes = frames.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const view = new DataView(new ArrayBuffer(HEADER_BYTES + bytes));
  const ascii = (/** @type {number} */ at, /** @type {string} */ text) =>
    [...text].forEach((letter, index) => view.setUint8(at + index, letter.charCodeAt(0)));
  ascii(0, "RIFF");
  view.setUint32(4, view.byteLength - 8, true);
  ascii(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, 2 * rate, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  ascii(36, "data");
  view.setUint32(40, bytes, true);
  let at = HEADER_BYTES;
  for (const frame of frames) {
    new Int16Array(view.buffer, at, frame.length).set(frame);
    at += frame.byteLength;
  }
  return view.buffer;
}

/** The shortest WAV file: what an element is unlocked with inside a click. */
export function silentWav() {
  const rate = 16000;
  return wavFile(rate, [new Int16Array(rate / 20)]);
}
