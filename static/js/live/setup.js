/** @typedef {import("./contract.js").Phase} Phase */

/**
 * The set-up as the messages that tell the server of it. Pure.
 *
 * @param {import("./model.js").Setup} setup
 * @returns {import("./contract.js").ClientMessage[]}
 */
export function setupMessages(setup) {
  /** @type {import("./contract.js").ClientMessage[]} */
  const messages = [
    {
      type: "set_project_context",
      speechTitle: setup.speechTitle.trim(),
      projectType: setup.projectType.trim(),
      objectives: setup.objectives,
    },
    {
      type: "set_vad_config",
      silenceThresholdSeconds: setup.silenceSeconds,
      enabled: setup.silenceEnabled,
    },
  ];
  messages.push({ type: "set_time_limit", seconds: setup.timeLimitSeconds });
  if (setup.style !== "") messages.push({ type: "set_evaluation_style", style: setup.style });
  messages.push(
    { type: "set_active_roles", roleIds: setup.roleIds },
    { type: "set_session_mode", mode: setup.mode },
    { type: "set_notes", notes: setup.notes },
  );
  const speakerName = setup.speakerName.trim();
  if (speakerName !== "") {
    messages.unshift({ type: "set_consent", speakerName, consentConfirmed: setup.consentConfirmed });
  }
  return messages;
}

/** When the server takes each; the others in idle only. @type {Record<string, Phase[]>} */
const PHASES = {
  set_time_limit: ["idle", "recording", "processing"],
  set_active_roles: ["idle", "recording", "processing"],
  set_notes: ["idle", "recording"],
};

/**
 * @param {string} type of a message of the set-up
 * @param {Phase} phase
 */
export function mayBeSent(type, phase) {
  return (PHASES[type] ?? ["idle"]).includes(phase);
}

/**
 * One objective a line; empty lines are nothing.
 * @param {string} text
 */
export function objectivesOf(text) {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}
