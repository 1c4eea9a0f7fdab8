/** What bars say, as text for people. Pure. */

import { clock } from "../lib/time.js";

/**
 * @typedef {import("./bar_store.js").Bar} Bar
 */

const NOTHING = "–";

/**
 * @param {number|null|undefined} value
 * @param {number} digits
 */
function number(value, digits = 0) {
  if (value === null || value === undefined) return NOTHING;
  // No minus before a zero; and one that is as wide as a digit.
  return (Number(value.toFixed(digits)) || 0).toFixed(digits).replace("-", "\u2212");
}

/**
 * Its second is not over yet.
 * @param {Bar} bar
 */
export function isForming(bar) {
  return !bar.final && bar.t1 - bar.t0 < 0.999;
}

/** @param {Bar} bar */
export function reading(bar) {
  const { pitch, energy } = bar;
  return {
    words: number(bar.words),
    pace: number(bar.pace?.close),
    fillers: bar.fillers.map(({ word }) => word).join(", ") || NOTHING,
    pause: bar.pauseSeconds === 0 ? NOTHING : number(bar.pauseSeconds, 1),
    voiced: number(bar.voicedSeconds, 1),
    pitch: pitch ? `${number(pitch.mid)} (${number(pitch.low)}–${number(pitch.high)})` : NOTHING,
    energy: energy ? `${number(energy.low)} to ${number(energy.high)}` : NOTHING,
  };
}

/**
 * The newest value of each measure, and what there is of fillers and pauses.
 * @param {readonly Bar[]} bars
 */
export function glance(bars) {
  /** @param {(bar: Bar) => number|undefined} of */
  const newest = (of) => {
    const bar = bars.findLast((one) => of(one) !== undefined);
    return number(bar && of(bar));
  };
  return {
    pace: newest((bar) => bar.pace?.close),
    pitch: newest((bar) => bar.pitch?.mid),
    energy: newest((bar) => bar.energy?.close),
    fillers: number(bars.reduce((sum, bar) => sum + bar.fillers.length, 0)),
    pauses: number(bars.reduce((sum, bar) => sum + (bar.pauseSeconds ?? 0), 0)),
  };
}

/**
 * What is said aloud of the last seconds, to who does not see the chart.
 * @param {readonly Bar[]} bars those seconds
 */
export function announcement(bars) {
  const last = bars.at(-1);
  if (!last) return "";
  const { pace, fillers, pauses } = glance(bars);
  const parts = [
    pace === NOTHING ? "no pace yet" : `${pace} words a minute`,
    `${fillers} ${fillers === "1" ? "filler" : "fillers"}`,
    ...(pauses === "0" ? [] : [`${pauses} seconds of pause`]),
  ];
  return `At ${clock(last.t1)}: ${parts.join(", ")}.`;
}
