/**
 * What the server says to the coach's page: the events of the OpenAI Realtime protocol that the page
 * has a use for, and those of our own, checked as they come. All others are skipped: a newer server
 * loses nothing but what this page does not know.
 *
 * The types of our own are made from the server's (`sessions_app/coach/messages.py`).
 */

import { flag, isObject, list, maybe, number, oneOf, shape, text } from "../lib/shape.js";

/**
 * @typedef {import("./messages.d.ts").ServerMessage} OwnEvent
 * @typedef {import("./messages.d.ts").ClientMessage} OwnCommand
 * @typedef {import("./messages.d.ts").CoachTake} Take
 * @typedef {{id: string, type?: string, role?: string, status?: string,
 *   content?: {type: string, text?: string|null, transcript?: string|null}[]|null}} Item
 *
 * @typedef {{type: "conversation.item.added"|"conversation.item.done", item: Item}
 *   | {type: "input_audio_buffer.speech_started", item_id: string, audio_start_ms: number}
 *   | {type: "input_audio_buffer.speech_stopped", item_id: string, audio_end_ms: number}
 *   | {type: "input_audio_buffer.committed", item_id: string}
 *   | {type: "conversation.item.input_audio_transcription.delta", item_id: string, delta: string}
 *   | {type: "conversation.item.input_audio_transcription.completed", item_id: string, transcript: string}
 *   | {type: "conversation.item.input_audio_transcription.failed", item_id: string}
 *   | {type: "conversation.item.truncated", item_id: string, audio_end_ms: number}
 *   | {type: "conversation.item.deleted", item_id: string}
 *   | {type: "response.created", response: {id: string}}
 *   | {type: "response.output_item.added", response_id: string, item: Item}
 *   | {type: "response.output_audio.delta", response_id: string, item_id: string, delta: string}
 *   | {type: "response.output_audio.done", response_id: string, item_id: string}
 *   | {type: "response.output_audio_transcript.delta", item_id: string, delta: string}
 *   | {type: "response.output_audio_transcript.done", item_id: string, transcript: string}
 *   | {type: "response.done", response: {id: string, status: string}}
 *   | {type: "error", error: {type: string, code?: string|null, message: string}}} RealtimeEvent
 *
 * @typedef {RealtimeEvent|OwnEvent} ServerEvent
 *
 * @typedef {{type: "input_audio_buffer.append", audio: string}
 *   | {type: "input_audio_buffer.clear"}
 *   | {type: "conversation.item.truncate", item_id: string, content_index: 0, audio_end_ms: number}
 *   | {type: "conversation.item.delete", item_id: string}
 *   | {type: "response.cancel"}
 *   | OwnCommand} ClientEvent
 * @typedef {import("../lib/shape.js").Check} Check
 */

const item = shape({
  id: text,
  role: maybe(text),
  content: maybe(list(shape({ type: text, text: maybe(text), transcript: maybe(text) }))),
});
const ofItem = shape({ item_id: text });
const delta = shape({ item_id: text, delta: text });
const transcript = shape({ item_id: text, transcript: text });
const carriesItem = shape({ item });

const figures = shape({
  durationSeconds: number,
  totalWords: number,
  wordsPerMinute: number,
  fillerWordCount: number,
  fillersPerMinute: number,
  pauseCount: number,
  longestPauseSeconds: number,
  pitchRangeSemitones: maybe(number),
  qualityWarning: maybe(text),
});

/** @type {Record<ServerEvent["type"], Check>} */
const EVENTS = {
  "conversation.item.added": carriesItem,
  "conversation.item.done": carriesItem,
  "input_audio_buffer.speech_started": shape({ item_id: text, audio_start_ms: number }),
  "input_audio_buffer.speech_stopped": shape({ item_id: text, audio_end_ms: number }),
  "input_audio_buffer.committed": ofItem,
  "conversation.item.input_audio_transcription.delta": delta,
  "conversation.item.input_audio_transcription.completed": transcript,
  "conversation.item.input_audio_transcription.failed": ofItem,
  "conversation.item.truncated": shape({ item_id: text, audio_end_ms: number }),
  "conversation.item.deleted": ofItem,
  "response.created": shape({ response: shape({ id: text }) }),
  "response.output_item.added": shape({ response_id: text, item }),
  "response.output_audio.delta": shape({ response_id: text, item_id: text, delta: text }),
  "response.output_audio.done": shape({ response_id: text, item_id: text }),
  "response.output_audio_transcript.delta": delta,
  "response.output_audio_transcript.done": transcript,
  "response.done": shape({ response: shape({ id: text, status: text }) }),
  error: shape({ error: shape({ type: text, code: maybe(text), message: text }) }),
  "coach.provider": shape({
    provider: oneOf("openai", "builtin"),
    model: text,
    voice: text,
    reason: maybe(text),
  }),
  "coach.state": shape({
    sessionId: text,
    state: oneOf("connecting", "listening", "thinking", "speaking", "take", "paused"),
    resumed: flag,
    retryAt: maybe(number),
  }),
  "coach.take": shape({
    takeId: text,
    state: oneOf("recording", "measuring", "ready", "keeping", "kept", "discarded", "failed"),
    seconds: number,
    metrics: maybe(figures),
    transcript: maybe(text),
    speechUrl: maybe(text),
    message: maybe(text),
  }),
  "coach.notice": shape({
    code: text,
    message: text,
    recoverable: flag,
  }),
};

/** The names that some things had before; read, never sent. @type {Record<string, ServerEvent["type"]>} */
const OLD_NAMES = {
  "response.audio.delta": "response.output_audio.delta",
  "response.audio.done": "response.output_audio.done",
  "response.audio_transcript.delta": "response.output_audio_transcript.delta",
  "response.audio_transcript.done": "response.output_audio_transcript.done",
  "conversation.item.created": "conversation.item.added",
};

/** An event of a known type whose fields are not what they should be. */
export class ProtocolError extends Error {}

/**
 * @param {string} frame the text of a WebSocket frame
 * @returns {ServerEvent|null} null for a type this page has no use for
 * @throws {ProtocolError}
 */
export function parse(frame) {
  let value;
  try {
    value = JSON.parse(frame);
  } catch {
    throw new ProtocolError("the frame is not JSON");
  }
  if (!isObject(value) || typeof value["type"] !== "string") {
    throw new ProtocolError("an event is an object with a type");
  }
  const type = OLD_NAMES[value["type"]] ?? value["type"];
  const check = Object.hasOwn(EVENTS, type) ? EVENTS[/** @type {ServerEvent["type"]} */ (type)] : undefined;
  if (!check) return null;
  if (!check(value)) throw new ProtocolError(`${type} does not have the fields it should`);
  return /** @type {ServerEvent} */ ({ ...value, type });
}

/**
 * What an item says, whoever said it.
 * @param {Item} item
 */
export function textOf({ content }) {
  return (content ?? []).map((part) => part.transcript ?? part.text ?? "").join(" ").trim();
}
