/**
 * What the coach's page says of its state, and what may be done in it. Pure.
 *
 * @typedef {import("./model.js").State} State
 * @typedef {"off"|"asking"|"no_microphone"|"connecting"|"reconnecting"|"paused"|"refused"
 *   |"listening"|"hearing"|"thinking"|"speaking"|"take"} Phase
 * @typedef {""|"accent"|"ok"|"warn"|"error"|"recording"} Tone
 */

import { clock } from "../lib/time.js";

/**
 * What goes on, as the person hears and sees it: that the coach speaks is for the loudspeaker to say.
 * @param {State} state
 * @returns {Phase}
 */
export function phaseOf(state) {
  if (!state.isOn) return "off";
  if (state.microphone === "opening") return "asking";
  if (state.microphone === "failed") return "no_microphone";
  if (state.connection === "refused") return "refused";
  if (state.retryAt !== null) return "paused";
  if (state.isAudible) return "speaking";
  if (state.connection !== "open") return state.connection === "lost" ? "reconnecting" : "connecting";
  if (state.take?.state === "recording") return "take";
  if (state.isSpeaking) return "hearing";
  if (state.isThinking) return "thinking";
  return state.server === "connecting" ? "connecting" : "listening";
}

/**
 * @param {State} state
 * @returns {{label: string, tone: Tone, detail: string}}
 */
export function headline(state) {
  const phase = phaseOf(state);
  switch (phase) {
    case "off":
      return { label: "Off", tone: "", detail: "Nothing is heard and nothing is sent." };
    case "asking":
      return { label: "Opening the microphone", tone: "", detail: "The browser may ask for your permission." };
    case "no_microphone":
      return { label: "No microphone", tone: "error", detail: "" };
    case "connecting":
      return { label: "Connecting", tone: "", detail: "" };
    case "reconnecting":
      return {
        label: "Reconnecting",
        tone: "warn",
        detail: state.isOnline ? "The connection is lost. Trying again." : "This computer is offline.",
      };
    case "paused":
      return { label: "Paused", tone: "warn", detail: "" };
    case "refused":
      return { label: "Not connected", tone: "error", detail: "" };
    case "listening":
      return { label: "Listening", tone: "ok", detail: listeningHint(state) };
    case "hearing":
      return { label: "You are speaking", tone: "ok", detail: "" };
    case "thinking":
      return { label: "Thinking", tone: "accent", detail: "" };
    case "speaking":
      return { label: "Speaking", tone: "accent", detail: "Interrupt whenever you like." };
    case "take":
      return { label: "Recording your take", tone: "recording", detail: "The coach is silent until you stop." };
  }
}

/** @param {State} state */
function listeningHint({ turns, take }) {
  if (take?.state === "measuring") return "Your take is being measured.";
  return turns.length === 0 ? "Say hello, or tell it what you want to work on." : "";
}

/**
 * @param {State} state
 * @returns {string} how long a pause will last yet
 */
export function countdown({ retryAt, now }) {
  if (retryAt === null) return "";
  const seconds = Math.ceil((retryAt - now) / 1000);
  return seconds > 0 ? `It is tried again in ${clock(seconds)}.` : "It is tried again now.";
}

/**
 * @param {State} state
 * @returns {number} seconds of the take that is being recorded
 */
export function takeSeconds({ take, takeSince, now }) {
  return takeSince === null ? (take?.seconds ?? 0) : Math.max(0, (now - takeSince) / 1000);
}

/**
 * @param {State} state
 * @param {"start"|"stop"|"keep"|"discard"} action
 */
export function takeAllows(state, action) {
  const is = state.take?.state;
  const free = state.connection === "open" && state.pending === null;
  switch (action) {
    case "start":
      return (
        free && state.microphone === "ready" && state.server !== "connecting" && state.server !== "paused" &&
        is !== "recording" && is !== "measuring" && is !== "keeping"
      );
    case "stop":
      // Without a connection too: the server hears of it when it is back.
      return is === "recording" && state.pending === null && state.isOn;
    case "keep":
    case "discard":
      return free && is === "ready";
  }
}

/**
 * @param {State} state
 * @returns {string} of the take, in a sentence
 */
export function takeWords(state) {
  if (state.pending === "start") return "Starting.";
  if (state.pending === "stop") return "Sending the last words.";
  if (state.pending === "keep") return "Saving the take.";
  const { take } = state;
  switch (take?.state) {
    case "recording":
      return "Speak as you will before your audience.";
    case "measuring":
      return "The take is being measured.";
    case "ready":
      return "Measured. Keep it as a practice speech, or let it go.";
    case "keeping":
      return "Saving the take.";
    case "kept":
      return "Kept as a practice speech.";
    case "failed":
      return take.message ?? "The take could not be measured.";
    case "discarded":
      return "The take is gone for good.";
    default:
      return "Rehearse a speech, or a part of it. The coach is silent meanwhile, and speaks about it afterwards.";
  }
}

/**
 * @param {import("./messages.d.ts").TakeFigures} metrics
 * @returns {{name: string, value: string, unit: string}[]}
 */
export function takeFigures(metrics) {
  const figures = [
    { name: "Time", value: clock(metrics.durationSeconds), unit: "" },
    { name: "Pace", value: String(Math.round(metrics.wordsPerMinute)), unit: "words a minute" },
    { name: "Words", value: String(metrics.totalWords), unit: "" },
    { name: "Fillers", value: String(metrics.fillerWordCount), unit: `${metrics.fillersPerMinute.toFixed(1)} a minute` },
    { name: "Pauses", value: String(metrics.pauseCount), unit: `longest ${metrics.longestPauseSeconds.toFixed(1)} s` },
  ];
  if (metrics.pitchRangeSemitones !== null) {
    figures.push({ name: "Pitch", value: metrics.pitchRangeSemitones.toFixed(1), unit: "semitones of range" });
  }
  return figures;
}

/** @type {[import("./latencies.js").Figure, string][]} */
const LATENCY_NAMES = [
  ["replyMs", "From your last word to the coach's first"],
  ["thinkingMs", "of it, the coach's own time"],
  ["bargeInMs", "From your first sound to the coach's silence"],
  ["captionMs", "From your last word to the caption"],
  ["outputLatencyMs", "Added by this computer's loudspeaker"],
];

/**
 * @param {import("./latencies.js").Figures} figures
 * @returns {{name: string, value: string}[]}
 */
export function latencyRows(figures) {
  return LATENCY_NAMES.map(([figure, name]) => {
    const value = figures[figure];
    return { name, value: value === undefined ? "–" : `${value} ms` };
  });
}

/** @param {import("./model.js").Provider|null} provider */
export function engineWords(provider) {
  if (!provider) return "";
  return provider.provider === "builtin"
    ? "The built-in coach answers. What you say stays on this server."
    : `OpenAI answers (${provider.model}, voice ${provider.voice}).`;
}
