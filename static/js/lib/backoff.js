/**
 * Full jitter: anywhere between now and the exponential bound, so that the tabs of a whole club
 * do not come back in the same moment after a restart.
 * @param {number} attempt 0 for the first
 * @param {() => number} random in [0, 1)
 * @returns {number} milliseconds
 */
export function fullJitter(attempt, random) {
  const bound = Math.min(30_000, 500 * 2 ** Math.min(attempt, 10));
  return Math.round(random() * bound);
}
