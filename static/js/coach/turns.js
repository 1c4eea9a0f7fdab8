/**
 * What was said, by whom, as far as it is known. Pure; rows are replaced, never changed.
 *
 * @typedef {import("./model.js").Turn} Turn
 */

import { wordsHeard } from "./heard.js";
import { textOf } from "./protocol.js";

/** A conversation of hours must not make the page slow. */
const MOST = 200;

/**
 * @param {string} id
 * @param {"you"|"coach"} by
 * @returns {Turn}
 */
function blank(id, by) {
  return { id, by, text: "", isFinal: false, marks: [], received: 0, heard: 0, isCut: false };
}

/**
 * @param {readonly Turn[]} turns
 * @param {string} id
 * @param {"you"|"coach"} by of a turn that is new
 * @param {(turn: Turn) => Turn} change
 * @returns {readonly Turn[]}
 */
export function changed(turns, id, by, change) {
  const at = turns.findIndex((turn) => turn.id === id);
  if (at === -1) return [...turns, change(blank(id, by))].slice(-MOST);
  return turns.map((turn, index) => (index === at ? change(turn) : turn));
}

/**
 * Only a turn that is known.
 * @param {readonly Turn[]} turns
 * @param {string} id
 * @param {(turn: Turn) => Turn} change
 */
export function changedIfKnown(turns, id, change) {
  return turns.map((turn) => (turn.id === id ? change(turn) : turn));
}

/**
 * @param {readonly Turn[]} turns
 * @param {string} id
 */
export function without(turns, id) {
  return turns.filter((turn) => turn.id !== id);
}

/**
 * An item of the conversation, as the server has it.
 * @param {readonly Turn[]} turns
 * @param {import("./protocol.js").Item} item
 * @returns {readonly Turn[]}
 */
export function placed(turns, item) {
  if (item.type !== undefined && item.type !== "message") return turns;
  if (item.role !== "user" && item.role !== "assistant") return turns;
  const text = textOf(item);
  return changed(turns, item.id, item.role === "user" ? "you" : "coach", (turn) =>
    // What was cut is known here better than there.
    text && turn.text === "" && !turn.isCut ? { ...turn, text, isFinal: true } : turn,
  );
}

/**
 * @param {Turn} turn
 * @param {string} text that has come of a reply
 * @returns {Turn}
 */
export function spoken(turn, text) {
  const mark = { characters: turn.text.length, samples: turn.received };
  const last = turn.marks.at(-1);
  const isNew = mark.characters > (last?.characters ?? 0) && mark.samples > (last?.samples ?? 0);
  return { ...turn, text: turn.text + text, marks: isNew ? [...turn.marks, mark] : turn.marks };
}

/**
 * What is shown of a turn: of the coach's words only those that were heard.
 * @param {Turn} turn
 */
export function shownText(turn) {
  if (turn.by === "you" || (turn.received === 0 && !turn.isCut)) return turn.text;
  return wordsHeard(turn.text, turn.marks, turn.received, turn.heard);
}
