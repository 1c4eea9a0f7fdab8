/**
 * How each event changes what the operator's page knows. Pure: no socket, no clock, no DOM.
 *
 * @typedef {import("./model.js").State} State
 * @typedef {import("./model.js").Event} Event
 */

import { EMPTY_SETUP } from "./model.js";

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
      return notify(
        { ...state, sessionId: event.sessionId, interrupted: false, resuming: true },
        "connection",
        "success",
        "Connected again.",
        state.phase === "recording" ? "The recording went on meanwhile and has no hole." : "",
      );
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
      return notify(
        { ...state, pending: settled(state, "start") },
        "audio",
        "error",
        "The server takes no more audio in this recording.",
        `${event.message} What was captured so far is kept: press Stop to have it evaluated.`,
      );
    case "data_purged":
      return onPurge(state, event.reason);
    case "transcription_status":
      return onTranscription(state, event.status, event.engine);
    case "duration_estimate": {
      const { estimatedSeconds, timeLimitSeconds } = event;
      return { ...state, estimate: { estimatedSeconds, timeLimitSeconds } };
    }
    case "audio_health":
      return event.kind === "ok"
        ? { ...state, notices: without(state.notices, "health") }
        : notify(state, "health", "warning", event.message, "The recording goes on.");
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
      return notify(
        state,
        "overflow",
        "warning",
        `${Math.round(event.seconds)} s of the speech are lost.`,
        "The connection was gone for longer than this page can keep sound. The rest is sent as soon as it is back.",
      );
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
      return { ...state, notices: without(state.notices, event.key) };
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
  const next = { ...state, phase, pending: null, silence: null, panicking: false };
  if (phase === state.phase) return next;
  if (phase !== "idle") next.captured = false;
  if (phase !== "recording") {
    next.stopWanted = false;
    next.level = { energy: 0, isSpeech: false };
    // They speak of the recording only.
    next.notices = without(next.notices, "health", "captions");
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
    maxSeconds: info.limits.maxSpeechSeconds,
    stopWanted: false,
    setup: { ...state.setup, notes: notesOf(state, info) },
  };
  // Only a fresh session says what lies there from before.
  if (state.resuming) return { ...next, resuming: false };
  next.captured = info.capturedSamples > 0;
  // A session may keep its speech's id, so a fresh one is known by not being a resumed one.
  if (!state.interrupted) return next;
  return notify(
    { ...next, runId: 0, savable: false, progress: null, consentOnRecord: false },
    "connection",
    "warning",
    "The connection was lost, and the server began a new session.",
    next.captured
      ? "What it heard until then is still there: it can be evaluated, or recorded anew."
      : "What was not finished is gone from it. The settings were sent again; press Start to record anew.",
  );
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
  return notify({ ...state, pending: null }, `error ${event.message}`, "error", event.message, "");
}

/**
 * @param {State} state
 * @param {"opt_out"|"auto_purge"} reason
 * @returns {State}
 */
function onPurge(state, reason) {
  // How to evaluate is the club's taste, not the speaker's.
  const { timeLimitSeconds, style, roleIds, mode } = state.setup;
  return notify(
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
    "purged",
    "info",
    reason === "opt_out" ? "Everything of this speech was erased." : "What was not saved has been erased.",
    reason === "opt_out"
      ? "The speaker withdrew consent: recording, transcript and evaluation are gone for good."
      : "Speech data is kept for a short time only, unless it is saved. Enter consent again for the next speech.",
  );
}

/**
 * @param {State} state
 * @param {"reconnecting"|"reconnected"|"failed"} status
 * @param {string | null | undefined} engine who goes on, where it is another one
 * @returns {State}
 */
function onTranscription(state, status, engine) {
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
      return { ...state, notices: without(state.notices, "captions") };
    default:
      return unreachable(status);
  }
}

/**
 * @param {import("./model.js").Notice[]} notices
 * @param {...string} keys
 */
function without(notices, ...keys) {
  return notices.filter(({ key }) => !keys.includes(key));
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
  return { ...state, notices: [...without(state.notices, key), { key, tone, title, text }] };
}

/**
 * @param {State} state
 * @param {import("./model.js").Action} action
 */
function settled(state, action) {
  return state.pending === action ? null : state.pending;
}

/**
 * A case forgotten above is a type error here.
 * @param {never} value
 * @returns {never}
 */
function unreachable(value) {
  throw new Error(`no case for ${JSON.stringify(value)}`);
}
