/** What each panel of the chart draws, on the canvas that uPlot has cleared and given axes. */

import { isForming } from "./reading.js";

/**
 * @typedef {import("./bar_store.js").Bar} Bar
 * @typedef {import("./ink.js").Ink} Ink
 *
 * @typedef {object} Paper where to draw
 * @property {CanvasRenderingContext2D} ctx
 * @property {Ink} ink
 * @property {number} pixel canvas pixels in one of the page's
 * @property {(seconds: number) => number} x
 * @property {(value: number) => number} y
 * @property {{left: number, top: number, width: number, height: number}} box
 *
 * @typedef {object} Scene
 * @property {readonly Bar[]} bars those in view, oldest first
 * @property {number} from
 * @property {number} to seconds
 * @property {{at: number, words: string}[]} marks where a speech begins, if there are several
 * @property {{low: number, high: number}} band of a good pace, words a minute
 *
 * @typedef {object} Panel
 * @property {"pace"|"pitch"|"energy"} key
 * @property {string} name
 * @property {string} unit
 * @property {(scene: Scene) => [number, number]} range
 * @property {(paper: Paper, scene: Scene) => void} under what lies under the grid
 * @property {(paper: Paper, scene: Scene) => void} draw
 */

/** @param {Iterable<number>} values @param {number} otherwise */
function least(values, otherwise) {
  let found = otherwise;
  for (const value of values) if (value < found) found = value;
  return found;
}

/** @param {Iterable<number>} values @param {number} otherwise */
function most(values, otherwise) {
  let found = otherwise;
  for (const value of values) if (value > found) found = value;
  return found;
}

/**
 * @template T
 * @param {readonly Bar[]} bars
 * @param {(bar: Bar) => T|null} of
 * @returns {{bar: Bar, value: T}[]}
 */
function measured(bars, of) {
  return bars.flatMap((bar) => {
    const value = of(bar);
    return value === null ? [] : [{ bar, value }];
  });
}

/** @param {Paper} paper @param {Scene} scene */
function shadePauses({ ctx, ink, x, box }, { bars }) {
  ctx.fillStyle = ink.pause;
  for (const { t0, t1, pauseSeconds } of bars) {
    if (!pauseSeconds) continue;
    ctx.globalAlpha = Math.min(1, pauseSeconds / (t1 - t0));
    const left = Math.floor(x(t0));
    ctx.fillRect(left, box.top, Math.ceil(x(t1)) - left, box.height);
  }
  ctx.globalAlpha = 1;
}

/**
 * One bar: its wick from the lowest to the highest, its body between the other two.
 * @param {Paper} paper
 * @param {Bar} bar
 * @param {{low: number, high: number, from: number, to: number}} range
 */
function rangeBar({ ctx, x, y, pixel }, bar, { low, high, from, to }) {
  const left = x(bar.t0);
  // What is forming is as wide as its second.
  const wide = x(bar.t0 + Math.max(1, bar.t1 - bar.t0)) - left;
  const middle = left + wide / 2;
  const wick = Math.max(pixel, Math.min(2 * pixel, wide / 5));
  ctx.globalAlpha *= 0.55;
  ctx.fillRect(middle - wick / 2, y(high), wick, Math.max(wick, y(low) - y(high)));
  ctx.globalAlpha /= 0.55;
  const body = Math.min(14 * pixel, Math.max(pixel, wide * 0.7));
  const top = y(Math.max(from, to));
  ctx.fillRect(middle - body / 2, top, body, Math.max(2 * pixel, y(Math.min(from, to)) - top));
}

/**
 * @template T
 * @param {Paper} paper
 * @param {Scene} scene
 * @param {string} colour
 * @param {(bar: Bar) => T|null} of
 * @param {(value: T) => {low: number, high: number, from: number, to: number}} range
 */
function rangeBars(paper, { bars }, colour, of, range) {
  const { ctx, ink } = paper;
  for (const { bar, value } of measured(bars, of)) {
    ctx.fillStyle = isForming(bar) ? ink.forming : colour;
    rangeBar(paper, bar, range(value));
  }
}

/** @param {Paper} paper @param {Scene} scene */
function paceLine({ ctx, ink, pixel, x, y }, { bars }) {
  ctx.strokeStyle = ink.pace;
  ctx.lineWidth = 2.5 * pixel;
  ctx.lineJoin = "round";
  ctx.beginPath();
  let before = null;
  for (const { bar, value } of measured(bars, ({ pace }) => pace)) {
    const at = x((bar.t0 + bar.t1) / 2);
    // A line over what was not measured would be invented.
    const follows = before && bar.t0 - before.t1 < 0.001 && before.speech === bar.speech;
    if (follows) ctx.lineTo(at, y(value.close));
    else ctx.moveTo(at - 1, y(value.close)), ctx.lineTo(at, y(value.close));
    before = bar;
  }
  ctx.stroke();
}

/**
 * @param {Pick<Paper, "ctx"|"ink"|"pixel">} paper
 * @param {CanvasTextAlign} align
 * @param {string} [weight]
 */
function write({ ctx, ink, pixel }, align, weight = "") {
  ctx.textAlign = align;
  ctx.textBaseline = "alphabetic";
  ctx.font = `${weight}${ink.size * pixel}px ${ink.family}`;
}

/** @param {Paper} paper @param {Scene} scene */
function fillerTicks({ ctx, ink, pixel, x, box }, { bars }) {
  const foot = box.top + box.height;
  ctx.fillStyle = ink.filler;
  write({ ctx, ink, pixel }, "center", "600 ");
  let free = box.left;
  for (const { fillers } of bars) {
    for (const { word, at } of fillers) {
      ctx.fillRect(x(at) - pixel, foot - 12 * pixel, 2 * pixel, 12 * pixel);
      const half = ctx.measureText(word).width / 2;
      const middle = Math.min(Math.max(x(at), box.left + half), box.left + box.width - half);
      // Where they stand close, the ticks are enough; the words are in the table.
      if (middle - half < free) continue;
      ctx.fillText(word, middle, foot - 16 * pixel);
      free = middle + half + 8 * pixel;
    }
  }
}

/** @param {Paper} paper @param {Scene} scene */
function beginnings({ ctx, ink, pixel, x, box }, { marks }, withWords = false) {
  write({ ctx, ink, pixel }, "left");
  marks.forEach(({ at, words }, index) => {
    const left = x(at);
    ctx.fillStyle = ink.edge;
    ctx.fillRect(left, box.top, pixel, box.height);
    if (!withWords) return;
    const next = marks[index + 1];
    const room = (next ? x(next.at) : box.left + box.width) - left - 10 * pixel;
    ctx.fillStyle = ink.text;
    ctx.fillText(shortened(ctx, words, room), left + 5 * pixel, box.top + ink.size * pixel);
  });
}

/**
 * @param {CanvasRenderingContext2D} ctx
 * @param {string} words
 * @param {number} room
 */
function shortened(ctx, words, room) {
  if (ctx.measureText(words).width <= room) return words;
  let kept = words;
  while (kept && ctx.measureText(`${kept}…`).width > room) kept = kept.slice(0, -1);
  return kept ? `${kept.trimEnd()}…` : "";
}

/** @type {Panel[]} */
export const PANELS = [
  {
    key: "pace",
    name: "Pace",
    unit: "words/min",
    range: ({ bars, band, marks }) => {
      const highest = most(measured(bars, ({ pace }) => pace).map(({ value }) => value.close), band.high + 20);
      // Room for the titles.
      return [0, Math.ceil(highest / 50) * 50 + (marks.length ? 50 : 0)];
    },
    under: (paper, scene) => {
      const { ctx, ink, y, box } = paper;
      const { low, high } = scene.band;
      ctx.fillStyle = ink.band;
      ctx.fillRect(box.left, y(high), box.width, y(low) - y(high));
      shadePauses(paper, scene);
    },
    draw: (paper, scene) => {
      beginnings(paper, scene, true);
      paceLine(paper, scene);
      fillerTicks(paper, scene);
    },
  },
  {
    key: "pitch",
    name: "Pitch",
    unit: "Hz",
    range: ({ bars }) => {
      const values = measured(bars, ({ pitch }) => pitch).map(({ value }) => value);
      const low = least(values.map((pitch) => pitch.low), 100);
      const high = most(values.map((pitch) => pitch.high), 250);
      return [Math.floor(low / 50) * 50, Math.ceil(high / 50) * 50];
    },
    under: shadePauses,
    draw: (paper, scene) => {
      beginnings(paper, scene);
      rangeBars(paper, scene, paper.ink.pitch, ({ pitch }) => pitch, ({ low, mid, high }) => ({ low, high, from: mid, to: mid }));
    },
  },
  {
    key: "energy",
    name: "Energy",
    unit: "dB",
    range: () => [-80, 0],
    under: shadePauses,
    draw: (paper, scene) => {
      beginnings(paper, scene);
      rangeBars(paper, scene, paper.ink.energy, ({ energy }) => energy, ({ low, high, open, close }) => ({
        low: Math.max(low, -80),
        high: Math.max(high, -80),
        from: Math.max(open, -80),
        to: Math.max(close, -80),
      }));
    },
  },
];
