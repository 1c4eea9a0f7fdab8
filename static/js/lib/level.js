/**
 * Loudness as an eye expects it: decibels from -60 to 0 as 0 to 1.
 * @param {number} rms 0 to 1
 */
export function visibleLevel(rms) {
  if (rms <= 0) return 0;
  return Math.max(0, Math.min(1, 1 + (20 * Math.log10(rms)) / 60));
}
