/**
 * How each event changes what the operator's page knows. Pure: no socket, no clock, no DOM.
 *
 * @typedef {import("./model.js").State} State
 * @typedef {import("./model.js").Event} Event
 */

import { unreachable } from "../lib/unreachable.js";
import { EMPTY_SETUP } from "./model.js";
import * as notices from "./notices.js";

/**
 * @param {State} state
 * @param {Event} event
 * @returns {State}
 */
export function reduce(state, event) {
  switch (event.type) {
    case "state_change":
      return onStateChange({ ...state, connection: "open", refusal: null }, event.state);
    case "session_info":
      return onSessionInfo(state, event);
    case "session_resumed":
      return notices.connectedAgain({
        ...state,
        sessionId: event.sessionId,
        interrupted: false,
        resuming: true,
      });
    case "transcript_update":
      return {
        ...state,
        segments: [...state.segments.slice(0, event.replaceFromIndex), ...event.segments],
        spliced: Math.min(event.replaceFromIndex, state.segments.length),
      };
    case "elapsed_time":
      return { ...state, seconds: event.seconds };
    case "vad_status":
      return { ...state, level: { energy: event.energy, isSpeech: event.isSpeech } };
    case "vad_speech_end":
      return state.phase === "recording" ? { ...state, silence: event.silenceDurationSeconds } : state;
    case "consent_status":
      return onConsent(state, event.consent);
    case "pipeline_progress":
      return onProgress(state, event);
    case "evaluation_ready":
      if (state.panicking) return state;
      return {
        ...state,
        evaluation: event.evaluation,
        script: event.script,
        savable: true,
        saved: [],
      };
    case "tts_complete":
    case "audio_ack":
      return state;
    case "outputs_saved":
      return { ...state, saved: event.paths, pending: settled(state, "save") };
    case "error":
      return onError(state, event);
    case "audio_format_error":
      return notices.audioRefused({ ...state, pending: settled(state, "start") }, event.message);
    case "data_purged":
      return onPurge(state, event.reason);
    case "transcription_status":
      return notices.captionsAre(state, event.status, event.engine);
    case "duration_estimate": {
      const { estimatedSeconds, timeLimitSeconds } = event;
      return { ...state, estimate: { estimatedSeconds, timeLimitSeconds } };
    }
    case "audio_health":
      return notices.soundIs(state, event);
    case "coaching_cue":
      return { ...state, cue: event };
    case "role_results":
      return state.panicking ? state : { ...state, roles: event.results };
    case "connecting":
      return { ...state, connection: state.connection === "lost" ? "lost" : "connecting" };
    case "connection_lost":
      return {
        ...state,
        connection: "lost",
        interrupted: state.sessionId !== null,
        pending: null,
        silence: null,
      };
    case "connection_refused":
      return onRefused(state, event.why);
    case "setup_changed":
      return { ...state, setup: { ...state.setup, ...event.setup } };
    case "microphone_opening":
      return { ...state, microphone: "opening", microphoneProblem: null };
    case "microphone_ready":
      return { ...state, microphone: "ready", microphoneProblem: null };
    case "microphone_failed":
      return {
        ...state,
        microphone: "failed",
        microphoneProblem: event.problem,
        pending: settled(state, "start"),
      };
    case "microphone_lost":
      return {
        ...state,
        microphone: "failed",
        microphoneProblem: {
          ...event.problem,
          text: `${event.problem.text} ${
            event.panicked
              ? "The recording was called off."
              : "The recording was stopped; what was heard until then is evaluated."
          }`,
        },
      };
    case "command_sent":
      return { ...state, pending: event.action, silence: event.action === "stop" ? null : state.silence };
    case "stop_wanted":
      return { ...state, stopWanted: true };
    case "audio_lost":
      return notices.audioLost(state, event.seconds);
    case "command_abandoned":
      return { ...state, pending: null };
    case "panicked":
      return {
        ...state,
        phase: "idle",
        panicking: true,
        muted: true,
        captured: state.captured || state.phase === "recording" || state.phase === "processing",
        stopWanted: false,
        pending: null,
        progress: null,
        silence: null,
        playing: false,
        playbackBlocked: false,
        level: { energy: 0, isSpeech: false },
      };
    case "playback_started":
      return { ...state, playing: true, playbackBlocked: false };
    case "playback_ended":
      return { ...state, playing: false };
    case "playback_blocked":
      return { ...state, playing: false, playbackBlocked: true };
    case "notice_dismissed":
      return notices.without(state, event.key);
    case "silence_dismissed":
      return { ...state, silence: null };
    default:
      return unreachable(event);
  }
}

/**
 * @param {State} state
 * @param {import("./contract.js").Phase} phase
 * @returns {State}
 */
function onStateChange(state, phase) {
  // What the server said before it heard of the panic is no longer true.
  if (state.panicking && phase !== "idle") return state;
  let next = { ...state, phase, pending: null, silence: null, panicking: false };
  if (phase === state.phase) return next;
  if (phase !== "idle") next.captured = false;
  if (phase !== "recording") {
    next.stopWanted = false;
    next.level = { energy: 0, isSpeech: false };
    // They speak of the recording only.
    next = { ...next, notices: notices.without(next, "health", "captions").notices };
  }
  switch (phase) {
    case "recording":
      return {
        ...next,
        muted: false,
        progress: null,
        segments: [],
        spliced: 0,
        seconds: 0,
        evaluation: null,
        script: "",
        roles: [],
        estimate: null,
        cue: null,
        savable: false,
        saved: [],
        playing: false,
        playbackBlocked: false,
        notices: [],
      };
    case "processing":
      return { ...next, muted: false };
    case "delivering":
      return { ...next, muted: false };
    case "idle":
      // Too short to evaluate: what was said can still be saved.
      return state.progress?.stage === "failed" ? { ...next, savable: true } : next;
    default:
      return unreachable(phase);
  }
}

/**
 * @param {State} state
 * @param {import("./model.js").Refusal} why
 * @returns {State}
 */
function onRefused(state, why) {
  const next = { ...state, pending: null, silence: null };
  const refused = { ...next, connection: /** @type {const} */ ("refused"), refusal: why };
  switch (why) {
    case "signed_out":
      // Whoever signs in again goes on; until then the microphone and what it heard are kept.
      return { ...refused, interrupted: state.sessionId !== null };
    case "replaced":
    case "forbidden":
    case "not_found":
      // The speech goes on elsewhere, or not at all: this page must neither listen nor play.
      return { ...refused, phase: "idle", playing: false, stopWanted: false };
    default:
      return refused;
  }
}

/**
 * @param {State} state
 * @param {import("./contract.js").SessionInfo} info
 * @returns {State}
 */
function onSessionInfo(state, info) {
  const next = {
    ...state,
    sessionId: info.sessionId,
    interrupted: false,
    engines: info.engines,
    stopWanted: false,
    setup: { ...state.setup, notes: notesOf(state, info) },
  };
  // Only a fresh session says what lies there from before.
  if (state.resuming) return { ...next, resuming: false };
  next.captured = info.capturedSamples > 0;
  // A session may keep its speech's id, so a fresh one is known by not being a resumed one.
  if (!state.interrupted) return next;
  return notices.begunAnew({ ...next, runId: 0, savable: false, progress: null, consentOnRecord: false });
}

/**
 * After a reload the server knows what was noted; from then on the page does.
 * @param {State} state
 * @param {import("./contract.js").SessionInfo} info
 */
function notesOf({ sessionId, setup }, info) {
  return sessionId === null && setup.notes === "" ? (info.notes ?? "") : setup.notes;
}

/**
 * @param {State} before
 * @param {import("./contract.js").Consent|null} consent
 * @returns {State}
 */
function onConsent(before, consent) {
  const state = { ...before, consentOnRecord: consent?.consentConfirmed ?? false };
  const typed = state.setup.speakerName.trim();
  // An answer that comes late must not overwrite the name of the next speaker.
  if (consent === null || (typed !== "" && typed !== consent.speakerName)) return state;
  const { speakerName, consentConfirmed } = consent;
  return { ...state, setup: { ...state.setup, speakerName, consentConfirmed } };
}

/**
 * @param {State} state
 * @param {import("./contract.js").PipelineProgress} event
 * @returns {State}
 */
function onProgress(state, event) {
  if (event.runId < state.runId) return state;
  const next = { ...state, runId: event.runId };
  if (state.panicking || state.muted) return next;
  return {
    ...next,
    progress: { stage: event.stage, message: event.message ?? "" },
    served: event.engines ?? null,
    pending: event.stage === "failed" ? null : state.pending,
  };
}

/**
 * @param {State} state
 * @param {import("./contract.js").ErrorMessage} event
 * @returns {State}
 */
function onError(state, event) {
  if (!event.recoverable) return { ...state, pending: null, fatal: event.message };
  return notices.failed({ ...state, pending: null }, event.message);
}

/**
 * @param {State} state
 * @param {"opt_out"|"auto_purge"} reason
 * @returns {State}
 */
function onPurge(state, reason) {
  // How to evaluate is the club's taste, not the speaker's.
  const { timeLimitSeconds, style, roleIds, mode } = state.setup;
  return notices.purged(
    {
      ...state,
      segments: [],
      spliced: 0,
      seconds: 0,
      evaluation: null,
      script: "",
      savable: false,
      saved: [],
      progress: null,
      roles: [],
      estimate: null,
      cue: null,
      captured: false,
      playing: false,
      playbackBlocked: false,
      pending: null,
      setup: { ...EMPTY_SETUP, timeLimitSeconds, style, roleIds, mode },
      purges: state.purges + 1,
    },
    reason,
  );
}

/**
 * @param {State} state
 * @param {import("./model.js").Action} action
 */
function settled(state, action) {
  return state.pending === action ? null : state.pending;
}
