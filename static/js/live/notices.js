/**
 * What the operator's page tells its operator, and what it takes back again. Pure, like the reducer
 * that asks for it: a state in, the state with other notices out, and nothing else changed.
 *
 * @typedef {import("./model.js").State} State
 */

import { unreachable } from "../lib/unreachable.js";

/**
 * @param {State} state
 * @returns {State}
 */
export function connectedAgain(state) {
  return notify(
    state,
    "connection",
    "success",
    "Connected again.",
    state.phase === "recording" ? "The recording went on meanwhile and has no hole." : "",
  );
}

/**
 * @param {State} state
 * @returns {State}
 */
export function begunAnew(state) {
  return notify(
    state,
    "connection",
    "warning",
    "The connection was lost, and the server began a new session.",
    state.captured
      ? "What it heard until then is still there: it can be evaluated, or recorded anew."
      : "What was not finished is gone from it. The settings were sent again; press Start to record anew.",
  );
}

/**
 * @param {State} state
 * @param {string} why
 * @returns {State}
 */
export function audioRefused(state, why) {
  return notify(
    state,
    "audio",
    "error",
    "The server takes no more audio in this recording.",
    `${why} What was captured so far is kept: press Stop to have it evaluated.`,
  );
}

/**
 * @param {State} state
 * @param {number} seconds
 * @returns {State}
 */
export function audioLost(state, seconds) {
  return notify(
    state,
    "overflow",
    "warning",
    `${Math.round(seconds)} s of the speech are lost.`,
    "The connection was gone for longer than this page can keep sound. The rest is sent as soon as it is back.",
  );
}

/**
 * @param {State} state
 * @param {import("./contract.js").AudioHealth} health
 * @returns {State}
 */
export function soundIs(state, health) {
  return health.kind === "ok"
    ? without(state, "health")
    : notify(state, "health", "warning", health.message, "The recording goes on.");
}

/**
 * @param {State} state
 * @param {"reconnecting"|"reconnected"|"failed"} status
 * @param {string | null | undefined} engine who goes on, where it is another one
 * @returns {State}
 */
export function captionsAre(state, status, engine) {
  switch (status) {
    case "reconnecting":
      return notify(state, "captions", "warning", "Captions are catching up.", "The recording goes on.");
    case "failed":
      return notify(
        state,
        "captions",
        "warning",
        "Live captions are not available.",
        "The recording goes on; the transcript is made after Stop.",
      );
    case "reconnected":
      if (engine) {
        return notify(
          state,
          "captions",
          "info",
          `Captions go on with another engine (${engine}).`,
          "They may be less exact until the end of this recording.",
        );
      }
      return without(state, "captions");
    default:
      return unreachable(status);
  }
}

/**
 * @param {State} state
 * @param {"opt_out"|"auto_purge"} reason
 * @returns {State}
 */
export function purged(state, reason) {
  return notify(
    state,
    "purged",
    "info",
    reason === "opt_out" ? "Everything of this speech was erased." : "What was not saved has been erased.",
    reason === "opt_out"
      ? "The speaker withdrew consent: recording, transcript and evaluation are gone for good."
      : "Speech data is kept for a short time only, unless it is saved. Enter consent again for the next speech.",
  );
}

/**
 * The server's own words, of a thing that did not work and may be tried again.
 * @param {State} state
 * @param {string} message
 * @returns {State}
 */
export function failed(state, message) {
  return notify(state, `error ${message}`, "error", message, "");
}

/**
 * @param {State} state
 * @param {...string} keys
 * @returns {State}
 */
export function without(state, ...keys) {
  return { ...state, notices: state.notices.filter(({ key }) => !keys.includes(key)) };
}

/**
 * A notice with the same key takes the place of the older one.
 * @param {State} state
 * @param {string} key
 * @param {import("./model.js").Tone} tone
 * @param {string} title
 * @param {string} text
 * @returns {State}
 */
function notify(state, key, tone, title, text) {
  const others = without(state, key).notices;
  return { ...state, notices: [...others, { key, tone, title, text }] };
}
