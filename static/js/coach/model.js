/**
 * What the coach's page knows, and what can happen to it.
 *
 * @typedef {import("./protocol.js").ServerEvent} ServerEvent
 * @typedef {import("./protocol.js").Take} Take
 * @typedef {import("./messages.d.ts").CoachState["state"]} ServerState
 * @typedef {import("./messages.d.ts").CoachProvider} Provider
 * @typedef {import("./heard.js").Mark} Mark
 * @typedef {import("./latencies.js").Figures} Figures
 * @typedef {"signed_out"|"forbidden"|"idle"|"replaced"|"too_many"|"policy"} Refusal
 * @typedef {{title: string, text: string}} Problem
 * @typedef {{key: string, tone: "info"|"success"|"warning"|"error", title: string, text: string}} Notice
 *
 * @typedef {object} Turn what one of the two said
 * @property {string} id
 * @property {"you"|"coach"} by
 * @property {string} text all of it, as far as it is known
 * @property {boolean} isFinal
 * @property {readonly Mark[]} marks
 * @property {number} received samples of it, 24 kHz; 0 for what is only text
 * @property {number} heard samples of it that were played
 * @property {boolean} isCut it was interrupted: what was not heard was not said
 *
 * @typedef {{type: "switched_on"}
 *   | {type: "switched_off"}
 *   | {type: "microphone_ready"}
 *   | {type: "microphone_failed", problem: Problem}
 *   | {type: "microphone_muted", isMuted: boolean}
 *   | {type: "sound_blocked", isBlocked: boolean}
 *   | {type: "connecting"}
 *   | {type: "connection_lost", online: boolean}
 *   | {type: "connection_refused", why: Refusal}
 *   | {type: "connection_paused", until: number}
 *   | {type: "pause_ended"}
 *   | {type: "speaks", isSpeaking: boolean}
 *   | {type: "received", item: string, samples: number}
 *   | {type: "heard", item: string, samples: number}
 *   | {type: "cut", item: string, samples: number}
 *   | {type: "audible", isAudible: boolean}
 *   | {type: "measured", figures: Figures}
 *   | {type: "take_asked", action: "start"|"stop"|"keep"|"discard"}
 *   | {type: "take_kept_here", seconds: number}
 *   | {type: "notice_dismissed", key: string}
 *   | {type: "ticked", now: number}} LocalEvent
 *
 * @typedef {(ServerEvent & {now?: number})|LocalEvent} Event `now` is in milliseconds since the epoch
 *
 * @typedef {object} State
 * @property {boolean} isOn the person wants the coach
 * @property {"closed"|"opening"|"ready"|"failed"} microphone
 * @property {Problem|null} microphoneProblem
 * @property {boolean} isMuted the microphone gives nothing but digital silence
 * @property {boolean} isSoundBlocked the browser wants one more click
 * @property {"closed"|"connecting"|"open"|"lost"|"refused"} connection
 * @property {boolean} isOnline
 * @property {Refusal|null} refusal
 * @property {ServerState|null} server
 * @property {string|null} sessionId
 * @property {number|null} retryAt end of a pause, milliseconds since the epoch
 * @property {number} now milliseconds since the epoch, as far as it matters to what is shown
 * @property {boolean} isSpeaking the person, as the server hears it
 * @property {boolean} isThinking a turn has ended, and no reply is heard yet
 * @property {boolean} isAudible the coach is being heard
 * @property {Provider|null} provider
 * @property {readonly Turn[]} turns
 * @property {Take|null} take
 * @property {"start"|"stop"|"keep"|"discard"|null} pending what was asked of a take and not answered yet
 * @property {number|null} takeSince when the take that is recorded began, milliseconds since the epoch
 * @property {number} takeKeptHere seconds of a take that the server lost and this page has; 0 if there is none
 * @property {Figures} figures
 * @property {readonly Notice[]} notices
 */

/** @returns {State} */
export function initialState() {
  return {
    isOn: false,
    microphone: "closed",
    microphoneProblem: null,
    isMuted: false,
    isSoundBlocked: false,
    connection: "closed",
    isOnline: true,
    refusal: null,
    server: null,
    sessionId: null,
    retryAt: null,
    now: 0,
    isSpeaking: false,
    isThinking: false,
    isAudible: false,
    provider: null,
    turns: [],
    take: null,
    pending: null,
    takeSince: null,
    takeKeptHere: 0,
    figures: {},
    notices: [],
  };
}
