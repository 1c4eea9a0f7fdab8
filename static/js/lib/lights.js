/**
 * The lights of a meeting, as the room sees them.
 *
 * @typedef {{green: number, yellow: number, red: number, overtime: number}} Lights seconds at which
 *   each comes on, and the last second that is still within the time
 * @typedef {"none"|"green"|"yellow"|"red"} Light
 */

/**
 * @param {Lights|null} lights null where the speech has no time
 * @param {number} seconds
 * @returns {Light}
 */
export function lightAt(lights, seconds) {
  if (!lights || seconds < lights.green) return "none";
  if (seconds < lights.yellow) return "green";
  return seconds < lights.red ? "yellow" : "red";
}

/**
 * @param {Lights|null} lights
 * @param {number} seconds
 * @returns {boolean} whether the speech is over its time, red's half minute included
 */
export function isOverTime(lights, seconds) {
  return lights !== null && seconds > lights.overtime;
}
