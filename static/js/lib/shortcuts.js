/**
 * What a key press asks for. Letters count only where nobody is typing, and never with a modifier:
 * those belong to the browser and to screen readers.
 *
 * @typedef {{key: string, ctrlKey: boolean, altKey: boolean, metaKey: boolean, repeat: boolean,
 *   target: EventTarget|null}} KeyPress
 */

const TYPING = "input, textarea, select, [contenteditable]";

/**
 * @param {KeyPress} press
 * @param {Record<string, string>} commands by key, as in `KeyboardEvent.key`, lower case
 * @returns {string|null}
 */
export function commandOf(press, commands) {
  if (press.ctrlKey || press.altKey || press.metaKey || press.repeat) return null;
  const target = /** @type {{matches?: (selector: string) => boolean}|null} */ (press.target);
  if (target?.matches?.(TYPING)) return null;
  return commands[press.key.toLowerCase()] ?? null;
}
