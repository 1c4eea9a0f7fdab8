/** Samples as text, and back: sound in a message that is JSON. */

const BLOCK = 0x2000;

/**
 * @param {Int16Array} pcm
 * @returns {string}
 */
export function encodePcm(pcm) {
  const bytes = new Uint8Array(pcm.buffer, pcm.byteOffset, pcm.byteLength);
  let binary = "";
  for (let at = 0; at < bytes.length; at += BLOCK) {
    // Spread out, they would be walked through one by one: this runs for every frame of a microphone.
    const block = /** @type {number[]} */ (/** @type {unknown} */ (bytes.subarray(at, at + BLOCK)));
    binary += String.fromCharCode.apply(null, block);
  }
  return btoa(binary);
}

/**
 * @param {string} text
 * @returns {Int16Array<ArrayBuffer>|null} null if it is not whole samples in base64
 */
export function decodePcm(text) {
  let binary;
  try {
    binary = atob(text);
  } catch {
    return null;
  }
  if (binary.length % 2 === 1) return null;
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at += 1) bytes[at] = binary.charCodeAt(at);
  return new Int16Array(bytes.buffer);
}
