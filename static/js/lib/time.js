/**
 * @param {number} seconds
 * @returns {string} M:SS, as a stopwatch shows it
 */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
