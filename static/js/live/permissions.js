/**
 * What the operator may do now, and the words for why not. Pure.
 *
 * @typedef {import("./model.js").State} State
 * @typedef {import("./model.js").Action} Action
 */

/**
 * @param {State} state
 * @returns {string|null} why Start cannot be pressed; null when it can
 */
export function startBlockedBecause(state) {
  if (state.fatal !== null) return "This session has ended. Start a new session.";
  if (state.connection === "refused") return "This page is not connected.";
  if (state.connection !== "open") return "Waiting for the connection to the server.";
  if (state.panicking || state.phase !== "idle") return "A speech is in progress.";
  if (state.playing) return "The evaluation is still being played.";
  if (state.setup.speakerName.trim() === "") return "Enter the speaker's name.";
  if (!state.setup.consentConfirmed) return "The speaker has not consented yet.";
  switch (state.microphone) {
    case "unknown":
      return "Check the microphone first.";
    case "opening":
      return "Waiting for the microphone.";
    case "failed":
      return state.microphoneProblem?.title ?? "The microphone does not work.";
    case "ready":
      return state.pending === null ? null : "One moment.";
  }
}

/**
 * @param {State} state
 * @param {Action} action
 */
export function allowed(state, action) {
  const free = state.connection === "open" && state.fatal === null && state.pending === null;
  switch (action) {
    case "start":
      return startBlockedBecause(state) === null;
    case "stop":
      // Without a connection too: the microphone stops now, the server hears of it when it is back.
      return state.phase === "recording" && (free || (isAway(state) && !state.stopWanted));
    case "deliver":
      // After a failure it tries again.
      return free && state.phase === "processing";
    case "save":
      return free && state.phase === "idle" && state.savable && state.saved.length === 0;
    case "replay":
      return (
        free &&
        state.phase === "idle" &&
        state.savable &&
        state.evaluation !== null &&
        !state.panicking &&
        !state.playing
      );
    case "process":
      return free && state.phase === "idle" && state.captured && !state.panicking && !state.playing;
    case "withdraw":
      return state.connection === "open" && state.consentOnRecord && state.pending !== "withdraw";
  }
}

/**
 * Whether the speech goes on here without the server, which is expected back.
 * @param {State} state
 */
function isAway(state) {
  return state.connection === "lost" || (state.connection !== "open" && state.refusal === "signed_out");
}

/**
 * @param {State} state
 * @returns {{label: string, badge: ""|"recording"|"warn"|"accent"|"ok"|"error", detail: string}}
 */
export function headline(state) {
  if (state.fatal !== null) return { label: "Ended", badge: "error", detail: state.fatal };
  if (state.refusal === "replaced") {
    return { label: "Open elsewhere", badge: "warn", detail: "This speech is being run in another tab." };
  }
  if (state.refusal === "signed_out" && state.phase === "recording") {
    return {
      label: "Signed out, still recording",
      badge: "warn",
      detail: state.stopWanted
        ? "The recording has ended. What was heard is sent as soon as you are signed in again."
        : "Sign in again: the microphone goes on, and up to two minutes are kept in this page.",
    };
  }
  if (state.connection === "refused") return { label: "Not connected", badge: "error", detail: "" };
  if (state.connection === "lost") {
    return {
      label: state.phase === "recording" ? "Reconnecting, still recording" : "Reconnecting",
      badge: "warn",
      detail:
        state.phase !== "recording"
          ? "The connection is lost. Trying again."
          : state.stopWanted
            ? "The recording has ended. What was heard is sent as soon as the connection is back."
            : "The connection is lost. The microphone goes on; up to two minutes are kept in this page.",
    };
  }
  if (state.connection === "connecting") return { label: "Connecting", badge: "", detail: "" };
  if (state.pending === "start") return { label: "Starting", badge: "warn", detail: "" };
  switch (state.phase) {
    case "recording":
      return { label: "Recording", badge: "recording", detail: "" };
    case "processing":
      if (state.progress?.stage === "failed") {
        return { label: "No evaluation yet", badge: "warn", detail: "Press Deliver to try again." };
      }
      if (state.progress?.stage === "ready") {
        return { label: "Evaluation ready", badge: "ok", detail: "Press Deliver to hear it." };
      }
      return {
        label: "Preparing",
        badge: "accent",
        detail: "The evaluation is being prepared. Deliver may be pressed already; it waits.",
      };
    case "delivering":
      return { label: "Delivering", badge: "accent", detail: "The microphone is off." };
    case "idle":
      // Saved is the last word, also where a panic came before.
      if (state.saved.length > 0) return { label: "Saved", badge: "ok", detail: "" };
      if (state.muted) return { label: "Muted", badge: "warn", detail: "Everything was stopped." };
      if (state.playing) return { label: "Playing", badge: "accent", detail: "" };
      if (state.progress?.stage === "failed") {
        return { label: "No evaluation", badge: "warn", detail: state.progress.message };
      }
      if (state.evaluation) return { label: "Delivered", badge: "ok", detail: "" };
      return { label: "Not recording", badge: "", detail: "" };
  }
}
