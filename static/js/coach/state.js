/**
 * How each event changes what the coach's page knows. Pure: no socket, no clock, no sound, no DOM.
 *
 * @typedef {import("./model.js").State} State
 * @typedef {import("./model.js").Event} Event
 */

import { unreachable } from "../lib/unreachable.js";
import * as notices from "./notices.js";
import * as turns from "./turns.js";

/**
 * @param {State} state
 * @param {Event} event
 * @returns {State}
 */
export function reduce(state, event) {
  switch (event.type) {
    case "coach.provider":
      return notices.engineIs({ ...state, provider: event }, state.provider, event);
    case "coach.state":
      return onServerState(state, event, event.now ?? state.now);
    case "coach.take":
      return onTake(state, event, event.now ?? state.now);
    case "coach.notice":
      return notices.told(state, event);
    case "conversation.item.added":
    case "conversation.item.done":
      return { ...state, turns: turns.placed(state.turns, event.item) };
    case "input_audio_buffer.speech_started":
      return {
        ...state,
        isSpeaking: true,
        isThinking: false,
        turns: turns.changed(state.turns, event.item_id, "you", (turn) => turn),
      };
    case "input_audio_buffer.speech_stopped":
      return { ...state, isSpeaking: false, isThinking: state.server !== "take" };
    case "input_audio_buffer.committed":
      return { ...state, turns: turns.changed(state.turns, event.item_id, "you", (turn) => turn) };
    case "conversation.item.input_audio_transcription.delta":
      return {
        ...state,
        turns: turns.changed(state.turns, event.item_id, "you", (turn) =>
          turn.isFinal ? turn : { ...turn, text: turn.text + event.delta },
        ),
      };
    case "conversation.item.input_audio_transcription.completed":
      return withoutEmpty(state, event.item_id, event.transcript.trim());
    case "conversation.item.input_audio_transcription.failed":
      return {
        ...state,
        turns: turns.changedIfKnown(state.turns, event.item_id, (turn) => ({ ...turn, isFinal: true })),
      };
    case "conversation.item.truncated":
      return state;
    case "conversation.item.deleted":
      return { ...state, turns: turns.without(state.turns, event.item_id) };
    case "response.created":
      return state;
    case "response.output_item.added":
      return { ...state, turns: turns.placed(state.turns, { ...event.item, content: null }) };
    case "response.output_audio.delta":
    case "response.output_audio.done":
      return state;
    case "response.output_audio_transcript.delta":
      return {
        ...state,
        turns: turns.changed(state.turns, event.item_id, "coach", (turn) => turns.spoken(turn, event.delta)),
      };
    case "response.output_audio_transcript.done":
      return {
        ...state,
        turns: turns.changed(state.turns, event.item_id, "coach", (turn) =>
          // What was cut is as long as it was.
          turn.isCut ? turn : { ...turn, text: event.transcript, isFinal: true },
        ),
      };
    case "response.done":
      return { ...state, isThinking: false };
    case "error":
      return notices.failed(state, event.error);
    default:
      return reduceLocal(state, event);
  }
}

/**
 * @param {State} state
 * @param {import("./model.js").LocalEvent} event
 * @returns {State}
 */
function reduceLocal(state, event) {
  switch (event.type) {
    case "switched_on":
      return { ...state, isOn: true, microphone: "opening", microphoneProblem: null, refusal: null };
    case "switched_off":
      return {
        ...quiet(state),
        isOn: false,
        microphone: "closed",
        connection: "closed",
        isSoundBlocked: false,
        retryAt: null,
        take: null,
        takeSince: null,
        pending: null,
      };
    case "microphone_ready":
      return { ...state, microphone: "ready", microphoneProblem: null };
    case "microphone_failed":
      return { ...state, microphone: "failed", microphoneProblem: event.problem, isSpeaking: false };
    case "microphone_muted":
      return { ...state, isMuted: event.isMuted };
    case "sound_blocked":
      return event.isBlocked === state.isSoundBlocked ? state : { ...state, isSoundBlocked: event.isBlocked };
    case "connecting":
      return { ...state, connection: state.connection === "lost" ? "lost" : "connecting", retryAt: null };
    case "connection_lost":
      return { ...quiet(state), connection: "lost", isOnline: event.online };
    case "connection_refused":
      return { ...quiet(state), connection: "refused", refusal: event.why, retryAt: null };
    case "connection_paused":
      return { ...quiet(state), connection: "lost", retryAt: event.until };
    case "pause_ended":
      return { ...state, retryAt: null };
    case "speaks":
      return { ...state, isSpeaking: event.isSpeaking };
    case "received":
      return {
        ...state,
        turns: turns.changed(state.turns, event.item, "coach", (turn) => ({ ...turn, received: event.samples })),
      };
    case "heard":
      return {
        ...state,
        turns: turns.changedIfKnown(state.turns, event.item, (turn) => ({ ...turn, heard: event.samples })),
      };
    case "cut":
      return {
        ...state,
        turns: turns.changedIfKnown(state.turns, event.item, (turn) => ({
          ...turn,
          heard: event.samples,
          isCut: true,
          isFinal: true,
        })),
      };
    case "audible":
      if (event.isAudible === state.isAudible && !(event.isAudible && state.isThinking)) return state;
      return { ...state, isAudible: event.isAudible, isThinking: event.isAudible ? false : state.isThinking };
    case "measured":
      return { ...state, figures: event.figures };
    case "take_asked":
      return { ...state, pending: event.action, takeKeptHere: 0 };
    case "take_kept_here":
      return { ...state, takeKeptHere: event.seconds };
    case "notice_dismissed":
      return notices.without(state, event.key);
    case "ticked":
      return { ...state, now: event.now };
    default:
      return unreachable(event);
  }
}

/**
 * Nobody is heard any more.
 * @param {State} state
 * @returns {State}
 */
function quiet(state) {
  return { ...state, isSpeaking: false, isThinking: false };
}

/**
 * @param {State} state
 * @param {import("./messages.d.ts").CoachState} event
 * @param {number} now
 * @returns {State}
 */
function onServerState(state, event, now) {
  const wasLost = state.connection === "lost";
  const isNew = state.sessionId !== null && state.sessionId !== event.sessionId;
  /** @type {State} */
  const next = {
    ...state,
    connection: "open",
    isOnline: true,
    refusal: null,
    server: event.state,
    sessionId: event.sessionId,
    retryAt: event.state === "paused" && event.retryAt !== null ? now + 1000 * event.retryAt : null,
    now,
    isThinking: event.state === "thinking" || (event.state === "speaking" && state.isThinking),
    pending: wasLost ? null : state.pending,
  };
  if (!isNew) return wasLost ? notices.connectedAgain(next) : next;
  return notices.begunAnew({ ...next, take: null, takeSince: null, pending: null });
}

/**
 * @param {State} state
 * @param {import("./model.js").Take} take
 * @param {number} now
 * @returns {State}
 */
function onTake(state, take, now) {
  const next = { ...state, take, now, pending: null };
  if (take.state !== "recording") return { ...next, takeSince: null };
  return { ...next, takeSince: now - 1000 * take.seconds, takeKeptHere: 0 };
}

/**
 * A sound without words is no turn.
 * @param {State} state
 * @param {string} id
 * @param {string} text
 * @returns {State}
 */
function withoutEmpty(state, id, text) {
  if (text === "") return { ...state, turns: turns.without(state.turns, id) };
  return {
    ...state,
    turns: turns.changed(state.turns, id, "you", (turn) => ({ ...turn, text, isFinal: true })),
  };
}
