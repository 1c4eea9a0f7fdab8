/** Draws bars: panels over one axis of time. Knows nothing of where bars come from. */

import uPlot from "../../vendor/uplot/uPlot.esm.js";
import { make } from "../lib/dom.js";
import { clock } from "../lib/time.js";
import { inkOf } from "./ink.js";
import { PANELS } from "./panels.js";

/**
 * @typedef {import("./bar_store.js").Bar} Bar
 * @typedef {import("./panels.js").Panel} Panel
 * @typedef {import("./panels.js").Scene} Scene
 */

/** @type {Scene} */
const EMPTY = { bars: [], from: 0, to: 30, marks: [], band: { low: 0, high: 0 } };

export class SpeechChart {
  #root;
  #onPoint;
  #lowest;
  #scene = EMPTY;
  /** @type {{panel: Panel, place: HTMLElement, plot: uPlot}[]} */
  #plots = [];
  #scheme = matchMedia("(prefers-color-scheme: dark)");
  #onScheme = () => this.restyle();
  #resized = new ResizeObserver(() => this.#fit());

  /**
   * @param {HTMLElement} root
   * @param {(bar: Bar|null) => void} [onPoint] what is pointed at
   * @param {readonly Panel[]} [panels] from top to bottom
   */
  constructor(root, onPoint = () => {}, panels = PANELS) {
    this.#root = root;
    this.#onPoint = onPoint;
    this.#lowest = panels.at(-1);
    for (const panel of panels) {
      const figure = make("div", `chart__panel chart__panel--${panel.key}`);
      const name = make("p", "chart__name", panel.name);
      name.append(" ", make("span", "soft small", panel.unit));
      const place = make("div", "chart__plot");
      figure.append(name, place);
      root.append(figure);
      this.#plots.push({ panel, place, plot: this.#plot(panel, place) });
      this.#resized.observe(place);
    }
    this.#scheme.addEventListener("change", this.#onScheme);
  }

  /** @param {Scene} scene */
  show(scene) {
    this.#scene = scene;
    const xs = scene.bars.map(({ t0, t1 }) => (t0 + t1) / 2);
    for (const { panel, plot } of this.#plots) {
      const [min, max] = panel.range(scene);
      plot.batch(() => {
        plot.setData([xs, xs], false);
        plot.setScale("x", { min: scene.from, max: scene.to });
        plot.setScale("y", { min, max });
      });
    }
  }

  /** Colours or type have changed. */
  restyle() {
    for (const entry of this.#plots) {
      entry.plot.destroy();
      entry.plot = this.#plot(entry.panel, entry.place);
    }
    this.show(this.#scene);
  }

  close() {
    this.#resized.disconnect();
    this.#scheme.removeEventListener("change", this.#onScheme);
    for (const { plot } of this.#plots) plot.destroy();
    this.#plots = [];
    this.#root.replaceChildren();
  }

  #fit() {
    for (const { place, plot } of this.#plots) {
      const { clientWidth: width, clientHeight: height } = place;
      if (width && height && (width !== plot.width || height !== plot.height)) plot.setSize({ width, height });
    }
  }

  /**
   * @param {Panel} panel
   * @param {HTMLElement} place
   */
  #plot(panel, place) {
    const ink = inkOf(place);
    const isLowest = panel === this.#lowest;
    const axis = {
      stroke: ink.text,
      font: ink.font,
      grid: { stroke: ink.grid, width: 1 },
      ticks: { show: false },
    };
    /** @param {uPlot} plot @param {Panel["draw"]} draw */
    const onto = (plot, draw) => {
      const { ctx, bbox: box } = plot;
      const { from, to } = this.#scene;
      const [min, max] = [plot.scales["y"]?.min ?? 0, plot.scales["y"]?.max ?? 1];
      const wide = box.width / (to - from || 1);
      const high = box.height / (max - min || 1);
      ctx.save();
      ctx.beginPath();
      ctx.rect(box.left, box.top, box.width, box.height);
      ctx.clip();
      draw(
        {
          ctx,
          ink,
          box,
          pixel: uPlot.pxRatio,
          x: (seconds) => box.left + (seconds - from) * wide,
          y: (value) => box.top + (max - value) * high,
        },
        this.#scene,
      );
      ctx.restore();
    };
    return new uPlot(
      {
        width: place.clientWidth || 300,
        height: place.clientHeight || 120,
        padding: [ink.size / 2, ink.size * 1.5, isLowest ? 0 : 4, 0],
        legend: { show: false },
        cursor: {
          y: false,
          points: { show: false },
          drag: { x: false, y: false, setScale: false },
          sync: { key: "speech-chart" },
        },
        scales: { x: { time: false, range: (_, min, max) => [min, max] }, y: { range: (_, min, max) => [min, max] } },
        axes: [
          {
            ...axis,
            show: true,
            size: isLowest ? ink.size * 1.8 : 0,
            space: ink.size * 6,
            incrs: [5, 10, 15, 30, 60, 120, 300, 600, 1200],
            values: (_, at) => at.map((seconds) => (isLowest && !this.#scene.marks.length ? clock(seconds) : "")),
          },
          { ...axis, size: ink.size * 3.6, space: ink.size * 2.2 },
        ],
        series: [{}, { paths: () => null, points: { show: false } }],
        hooks: {
          drawClear: [(plot) => onto(plot, panel.under)],
          draw: [(plot) => onto(plot, panel.draw)],
          setCursor: [(plot) => this.#onPoint(this.#scene.bars[plot.cursor.idx ?? -1] ?? null)],
        },
      },
      [[], []],
      place,
    );
  }
}
