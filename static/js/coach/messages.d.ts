// Made by `manage.py contract --write` from sessions_app/coach/messages.py. Types only: nothing
// loads this file at run time. JSDoc imports it as "./messages.d.ts", because collectstatic looks
// for every imported file, in comments too.

/** The page has read all that came so far. A page that reads nothing is closed. */
export interface CoachAck {
  type: "coach.ack";
}

/** The page could not send so many samples (24 kHz): what follows is that much later. */
export interface CoachGap {
  type: "coach.gap";
  samples: number;
}

/** What the page has measured since it last said so; every field may be left out. */
export interface CoachMetrics {
  type: "coach.metrics";
  bargeInMs?: number | null;
  replyMs?: number | null;
  thinkingMs?: number | null;
  captionMs?: number | null;
  outputLatencyMs?: number | null;
  underruns?: number;
  droppedSamples?: number;
  gaps?: number;
}

/** Something that the person must know; `recoverable` says that the session goes on. */
export interface CoachNotice {
  type: "coach.notice";
  code: "audio_gap" | "audio_rate" | "engine_changed" | "limit_near" | "refused" | "upstream";
  message: string;
  recoverable: boolean;
}

/** Who answers: at the start, and whenever that changes; `reason` says why it has. */
export interface CoachProvider {
  type: "coach.provider";
  provider: "openai" | "builtin";
  model: string;
  voice: string;
  reason: string | null;
}

/** Try at once to reach the coach, without waiting for the end of a pause. */
export interface CoachRetry {
  type: "coach.retry";
}

/** `retryAt` is how many seconds a pause will last before the coach is tried again. */
export interface CoachState {
  type: "coach.state";
  sessionId: string;
  state: "connecting" | "listening" | "thinking" | "speaking" | "take" | "paused";
  resumed: boolean;
  retryAt: number | null;
}

/** How a take stands. `seconds` were recorded of it; `message` says what went wrong. */
export interface CoachTake {
  type: "coach.take";
  takeId: string;
  state: "recording" | "measuring" | "ready" | "keeping" | "kept" | "discarded" | "failed";
  seconds: number;
  metrics: TakeFigures | null;
  transcript: string | null;
  speechUrl: string | null;
  message: string | null;
}

/** Begin, end, keep or throw away a practice take. Keeping needs `consent`. */
export interface CoachTakeAction {
  type: "coach.take";
  action: "start" | "stop" | "keep" | "discard";
  title?: string;
  consent?: SpeakerConsent | null;
}

/** Who ends a turn: the server by silence (`auto`), or the page by `commit`. */
export interface CoachTurns {
  type: "coach.turns";
  mode: "auto" | "push_to_talk";
}

/** What the speaker of a take agrees to, as it is written to the consent log. */
export interface SpeakerConsent {
  speakerName: string;
  consentConfirmed: boolean;
}

/** What is told of a take at once; the rest stands on the page of a take that is kept. */
export interface TakeFigures {
  durationSeconds: number;
  totalWords: number;
  wordsPerMinute: number;
  fillerWordCount: number;
  fillersPerMinute: number;
  pauseCount: number;
  longestPauseSeconds: number;
  hesitationPauseCount: number;
  energyVariation: number;
  pitchRangeSemitones: number | null;
  qualityWarning: string | null;
}

export type ClientMessage =
  | CoachTakeAction
  | CoachTurns
  | CoachMetrics
  | CoachGap
  | CoachAck
  | CoachRetry;

export type ServerMessage =
  | CoachProvider
  | CoachState
  | CoachTake
  | CoachNotice;
