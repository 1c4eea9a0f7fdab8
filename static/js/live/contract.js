/**
 * Every message of a speech session, checked as it comes. The types are made from the server's own
 * (`sessions_app/contract/messages.py`); the examples in `tests/contract` hold both sides to the same
 * shapes. Binary frames are not messages.
 */

import { anything, flag, isObject, list, maybe, number, oneOf, shape, text } from "../lib/shape.js";

/**
 * @typedef {import("./messages.d.ts").SessionState} Phase
 * @typedef {import("./messages.d.ts").ShownStage} Stage
 * @typedef {import("./messages.d.ts").Segment} Segment
 * @typedef {import("./messages.d.ts").Item} Item
 * @typedef {import("./messages.d.ts").Evaluation} Evaluation
 * @typedef {import("./messages.d.ts").RoleResult} RoleResult
 * @typedef {import("./messages.d.ts").Consent} Consent
 * @typedef {import("./messages.d.ts").EngineNames} Engines
 * @typedef {import("./messages.d.ts").SessionInfo} SessionInfo
 * @typedef {import("./messages.d.ts").PipelineProgress} PipelineProgress
 * @typedef {import("./messages.d.ts").ErrorMessage} ErrorMessage
 * @typedef {import("./messages.d.ts").AudioHealthMessage} AudioHealth
 * @typedef {import("./messages.d.ts").CoachingCue} CoachingCue
 * @typedef {import("./messages.d.ts").ServerMessage} ServerMessage
 * @typedef {import("./messages.d.ts").ClientMessage} ClientMessage
 * @typedef {import("../lib/shape.js").Check} Check
 */

const report = shape({ title: text, sections: list(shape({ heading: text, content: text })) });

const segment = shape({
  text,
  startTime: number,
  endTime: number,
  isFinal: flag,
  words: list(shape({ word: text, startTime: number, endTime: number, confidence: number })),
});

const evaluation = shape({
  opening: text,
  closing: text,
  items: list(
    shape({
      type: oneOf("commendation", "recommendation"),
      summary: text,
      explanation: text,
      evidence_quote: text,
      evidence_timestamp: number,
    }),
  ),
});

/** @type {Record<ServerMessage["type"], Check>} */
const SERVER = {
  state_change: shape({ state: oneOf("idle", "recording", "processing", "delivering") }),
  transcript_update: shape({ segments: list(segment), replaceFromIndex: number }),
  elapsed_time: shape({ seconds: number }),
  evaluation_ready: shape({ evaluation, script: text }),
  tts_complete: anything,
  outputs_saved: shape({ paths: list(text) }),
  error: shape({ message: text, recoverable: flag }),
  audio_format_error: shape({ message: text }),
  vad_speech_end: shape({ silenceDurationSeconds: number }),
  vad_status: shape({ energy: number, isSpeech: flag }),
  data_purged: shape({ reason: oneOf("opt_out", "auto_purge") }),
  session_info: shape({
    sessionId: text,
    engines: shape({ live: text, final: text, evaluation: text, speech: text }),
    resumeWindowSeconds: number,
    capturedSamples: maybe(number),
    notes: maybe(text),
  }),
  session_resumed: shape({ sessionId: text, receivedSamples: number }),
  audio_ack: shape({ receivedSamples: number }),
  consent_status: shape({
    consent: maybe(shape({ speakerName: text, consentConfirmed: flag, consentTimestamp: text })),
  }),
  pipeline_progress: shape({
    stage: oneOf(
      "processing_speech",
      "generating_evaluation",
      "synthesizing_audio",
      "ready",
      "failed",
      "invalidated",
    ),
    runId: number,
    message: maybe(text),
    engines: maybe(shape({ live: text, final: text, evaluation: text, speech: text })),
  }),
  duration_estimate: shape({ estimatedSeconds: number, timeLimitSeconds: number }),
  audio_health: shape({ kind: oneOf("muted", "clipping", "noisy", "ok"), message: text }),
  coaching_cue: shape({
    cueType: oneOf("too_fast", "too_slow", "fillers", "silence"),
    message: text,
    timestamp: number,
  }),
  role_results: shape({
    results: list(shape({ roleId: text, roleName: text, report, script: text })),
  }),
  transcription_status: shape({
    status: oneOf("reconnecting", "reconnected", "failed"),
    engine: maybe(text),
  }),
};

/** @type {Record<ClientMessage["type"], Check>} */
const CLIENT = {
  audio_format: shape({ channels: number, sampleRate: number, encoding: text }),
  audio_chunk: anything,
  start_recording: anything,
  stop_recording: anything,
  deliver_evaluation: anything,
  save_outputs: anything,
  panic_mute: anything,
  playback_finished: anything,
  set_project_context: shape({ speechTitle: text, projectType: text, objectives: list(text) }),
  set_vad_config: shape({ silenceThresholdSeconds: number, enabled: flag }),
  set_consent: shape({ speakerName: text, consentConfirmed: flag }),
  revoke_consent: anything,
  set_time_limit: shape({ seconds: number }),
  set_evaluation_style: shape({ style: text }),
  set_active_roles: shape({ roleIds: list(text) }),
  set_session_mode: shape({ mode: oneOf("live", "practice") }),
  set_notes: shape({ notes: text }),
  replay_tts: anything,
  process_captured: anything,
};

/** A message of a known type whose fields are not what the contract says. */
export class ContractError extends Error {}

/**
 * @param {Record<string, Check>} table
 * @param {unknown} value
 */
function known(table, value) {
  if (!isObject(value) || typeof value["type"] !== "string") {
    throw new ContractError("a message is an object with a type");
  }
  const check = Object.hasOwn(table, value["type"]) ? table[value["type"]] : undefined;
  if (!check) return false;
  if (!check(value)) throw new ContractError(`${value["type"]} does not have the fields it should`);
  return true;
}

/**
 * @param {unknown} value
 * @returns {ServerMessage|null} null for a type this page does not know: it loses nothing but that feature
 */
export function serverMessage(value) {
  return known(SERVER, value) ? /** @type {ServerMessage} */ (value) : null;
}

/**
 * @param {unknown} value
 * @returns {ClientMessage|null}
 */
export function clientMessage(value) {
  return known(CLIENT, value) ? /** @type {ClientMessage} */ (value) : null;
}

/**
 * @param {string} frame the text of a WebSocket frame
 * @returns {ServerMessage|null}
 * @throws {ContractError}
 */
export function parse(frame) {
  let value;
  try {
    value = JSON.parse(frame);
  } catch {
    throw new ContractError("the frame is not JSON");
  }
  return serverMessage(value);
}
