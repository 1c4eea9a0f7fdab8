/**
 * The lights of a meeting, as the room sees them.
 *
 * @typedef {{green: number, yellow: number, red: number}} Lights seconds at which each comes on
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
