/** How much of a speech the chart shows. Pure. */

/**
 * @typedef {"30s"|"2m"|"5m"|"whole"|"last5"} Preset
 * @typedef {import("./bar_store.js").Bar} Bar
 */

/** @type {{preset: Preset, words: string, seconds: number|null}[]} */
export const PRESETS = [
  { preset: "30s", words: "30 s", seconds: 30 },
  { preset: "2m", words: "2 min", seconds: 120 },
  { preset: "5m", words: "5 min", seconds: 300 },
  { preset: "whole", words: "Whole speech", seconds: null },
  { preset: "last5", words: "Last five speeches", seconds: null },
];

const SHORTEST = 30;

/**
 * The seconds in view: the newest ones, or all; never less than half a minute wide.
 * @param {Preset} preset
 * @param {readonly Bar[]} bars oldest first
 * @returns {{from: number, to: number}}
 */
export function extent(preset, bars) {
  const end = bars.at(-1)?.t1 ?? 0;
  const seconds = PRESETS.find((one) => one.preset === preset)?.seconds ?? null;
  if (seconds === null) return { from: 0, to: Math.max(SHORTEST, end) };
  const to = Math.max(seconds, Math.ceil(end));
  return { from: to - seconds, to };
}

/**
 * @param {readonly Bar[]} bars oldest first
 * @param {{from: number, to: number}} seconds
 */
export function inView(bars, { from, to }) {
  let begin = bars.length;
  while (begin > 0 && (bars[begin - 1]?.t1 ?? 0) > from) begin -= 1;
  return bars.slice(begin).filter(({ t0 }) => t0 < to);
}
