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

/**
 * The shortest WAV file: what an element is unlocked with inside a click.
 * @returns {ArrayBuffer}
 */
export function silentWav() {
  const rate = 16000;
  const samples = rate / 20;
  const view = new DataView(new ArrayBuffer(44 + 2 * samples));
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
  view.setUint32(40, 2 * samples, true);
  return view.buffer;
}
