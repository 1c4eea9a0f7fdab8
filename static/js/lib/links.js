/**
 * The address if it is one of ours, else null: what a message names is not followed elsewhere.
 * @param {string} path
 * @param {string} base
 */
export function ownAddress(path, base) {
  try {
    const url = new URL(path, base);
    return url.origin === new URL(base).origin && /^https?:$/.test(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

/**
 * The last part of an address, as a person reads a file's name.
 * @param {string} path
 */
export function fileName(path) {
  const last = path.split(/[?#]/)[0]?.split("/").filter(Boolean).at(-1) ?? path;
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}
