/**
 * What the operator's page knows, and what can happen to it.
 *
 * @typedef {import("./contract.js").ServerMessage} ServerMessage
 * @typedef {import("./contract.js").Segment} Segment
 * @typedef {"start"|"stop"|"deliver"|"save"|"replay"|"process"|"withdraw"} Action
 * @typedef {"signed_out"|"forbidden"|"not_found"|"too_many"|"policy"|"replaced"} Refusal
 * @typedef {"info"|"success"|"warning"|"error"} Tone
 * @typedef {{key: string, tone: Tone, title: string, text: string}} Notice
 * @typedef {{tone: "error", title: string, text: string}} MicrophoneProblem
 *
 * @typedef {object} Setup what the operator typed
 * @property {string} speakerName
 * @property {boolean} consentConfirmed
 * @property {string} speechTitle
 * @property {string} projectType
 * @property {string[]} objectives
 * @property {number} silenceSeconds
 * @property {boolean} silenceEnabled
 * @property {number} timeLimitSeconds of the spoken evaluation
 * @property {string} style "" where there is nothing to choose from
 * @property {string[]} roleIds
 * @property {"live"|"practice"} mode
 * @property {string} notes
 *
 * @typedef {{type: "connecting"}
 *   | {type: "connection_lost"}
 *   | {type: "connection_refused", why: Refusal}
 *   | {type: "setup_changed", setup: Partial<Setup>}
 *   | {type: "microphone_opening"}
 *   | {type: "microphone_ready"}
 *   | {type: "microphone_failed", problem: MicrophoneProblem}
 *   | {type: "microphone_lost", problem: MicrophoneProblem, panicked: boolean}
 *   | {type: "command_sent", action: Action}
 *   | {type: "command_abandoned"}
 *   | {type: "stop_wanted"}
 *   | {type: "audio_lost", seconds: number}
 *   | {type: "panicked"}
 *   | {type: "playback_started"}
 *   | {type: "playback_ended"}
 *   | {type: "playback_blocked"}
 *   | {type: "notice_dismissed", key: string}
 *   | {type: "silence_dismissed"}} LocalEvent
 *
 * @typedef {ServerMessage|LocalEvent} Event
 *
 * @typedef {object} State
 * @property {"connecting"|"open"|"lost"|"refused"} connection
 * @property {Refusal|null} refusal
 * @property {import("./contract.js").Phase} phase
 * @property {Action|null} pending a command sent and not answered yet
 * @property {boolean} panicking sent, and the server has not said idle yet
 * @property {boolean} muted the last thing that happened was a panic
 * @property {string|null} sessionId
 * @property {boolean} interrupted the connection was lost, and the server has not said what is left
 * @property {boolean} resuming the server has said that the session goes on, and not yet what it is
 * @property {import("./contract.js").Engines|null} engines
 * @property {import("./contract.js").Engines|null} served the engines that gave the evaluation
 * @property {number} runId the highest seen; anything older is stale
 * @property {{stage: import("./contract.js").Stage, message: string}|null} progress
 * @property {Segment[]} segments
 * @property {number} spliced first segment changed by the last update
 * @property {number} seconds
 * @property {{energy: number, isSpeech: boolean}} level
 * @property {number|null} silence seconds, while the suggestion to stop stands
 * @property {import("./contract.js").Evaluation|null} evaluation
 * @property {string} script
 * @property {import("./contract.js").RoleResult[]} roles
 * @property {{estimatedSeconds: number, timeLimitSeconds: number}|null} estimate
 * @property {import("./contract.js").CoachingCue|null} cue the last one
 * @property {boolean} captured the server holds speech that was not evaluated
 * @property {boolean} consentOnRecord
 * @property {boolean} stopWanted pressed while there was no connection
 * @property {boolean} savable the server holds the evaluation on the screen
 * @property {string[]} saved
 * @property {boolean} playing
 * @property {boolean} playbackBlocked
 * @property {Setup} setup
 * @property {number} purges how often the form had to be cleared
 * @property {"unknown"|"opening"|"ready"|"failed"} microphone
 * @property {MicrophoneProblem|null} microphoneProblem
 * @property {string|null} fatal
 * @property {Notice[]} notices
 */

/** @type {Setup} */
export const EMPTY_SETUP = {
  speakerName: "",
  consentConfirmed: false,
  speechTitle: "",
  projectType: "",
  objectives: [],
  silenceSeconds: 5,
  silenceEnabled: true,
  timeLimitSeconds: 120,
  style: "",
  roleIds: [],
  mode: "live",
  notes: "",
};

/**
 * @param {Partial<Setup>} setup
 * @returns {State}
 */
export function initialState(setup = {}) {
  return {
    connection: "connecting",
    refusal: null,
    phase: "idle",
    pending: null,
    panicking: false,
    muted: false,
    sessionId: null,
    interrupted: false,
    resuming: false,
    engines: null,
    served: null,
    runId: 0,
    progress: null,
    segments: [],
    spliced: 0,
    seconds: 0,
    level: { energy: 0, isSpeech: false },
    silence: null,
    evaluation: null,
    script: "",
    roles: [],
    estimate: null,
    cue: null,
    captured: false,
    consentOnRecord: false,
    stopWanted: false,
    savable: false,
    saved: [],
    playing: false,
    playbackBlocked: false,
    setup: { ...EMPTY_SETUP, ...setup },
    purges: 0,
    microphone: "unknown",
    microphoneProblem: null,
    fatal: null,
    notices: [],
  };
}
