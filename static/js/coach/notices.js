/**
 * What the coach's page tells the person, and what it takes back again. Pure, like the reducer that
 * asks for it.
 *
 * @typedef {import("./model.js").State} State
 * @typedef {import("./model.js").Provider} Provider
 */

/**
 * @param {State} state
 * @param {Provider|null} before
 * @param {Provider} provider
 * @returns {State}
 */
export function engineIs(state, before, provider) {
  const isSame = before === null || before.provider === provider.provider;
  if (isSame && !provider.reason) return state;
  return notify(
    state,
    "engine",
    "info",
    provider.provider === "builtin"
      ? "The built-in coach has taken over."
      : "The conversation goes on with another engine.",
    provider.reason ?? "What was said so far is known to it.",
  );
}

/**
 * @param {State} state
 * @param {import("./messages.d.ts").CoachNotice} notice
 * @returns {State}
 */
export function told(state, { code, message, recoverable }) {
  const tone = recoverable ? (code === "engine_changed" ? "info" : "warning") : "error";
  // The engine's own event says the same, and more.
  const key = code === "engine_changed" ? "engine" : code;
  return notify(state, key, tone, message, "");
}

/**
 * @param {State} state
 * @param {{type: string, code?: string|null, message: string}} error
 * @returns {State}
 */
export function failed(state, { type, message }) {
  if (type === "invalid_request_error") {
    // Ours to mend: the person can do nothing about it.
    return { ...state, pending: null };
  }
  return notify({ ...state, pending: null }, "error", "warning", "The coach had a problem.", message);
}

/**
 * @param {State} state
 * @returns {State}
 */
export function connectedAgain(state) {
  return notify(state, "connection", "success", "Connected again.", "The conversation goes on where it was.");
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
    "The coach has begun a new conversation.",
    "The connection was gone for too long. What was said before is still shown here, but not known to the coach.",
  );
}

/**
 * @param {State} state
 * @param {string} key
 * @returns {State}
 */
export function without(state, key) {
  return { ...state, notices: state.notices.filter((notice) => notice.key !== key) };
}

/**
 * A notice with the same key takes the place of the older one.
 * @param {State} state
 * @param {string} key
 * @param {import("./model.js").Notice["tone"]} tone
 * @param {string} title
 * @param {string} text
 * @returns {State}
 */
function notify(state, key, tone, title, text) {
  return { ...state, notices: [...without(state, key).notices, { key, tone, title, text }] };
}
