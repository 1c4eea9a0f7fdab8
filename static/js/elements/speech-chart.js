import { BarStore } from "../charts/bar_store.js";
import { BarsTable } from "../charts/bars_table.js";
import { history, metricsCalls } from "../charts/metrics_calls.js";
import { MetricsStream } from "../charts/metrics_stream.js";
import { Painter } from "../charts/painter.js";
import { PANELS } from "../charts/panels.js";
import { PRESETS, extent, inView } from "../charts/presets.js";
import { glance, reading } from "../charts/reading.js";
import { SpeechChart } from "../charts/speech_chart.js";
import { dataOf, make, scrollTo } from "../lib/dom.js";
import { followPage } from "../lib/page_life.js";
import { clock } from "../lib/time.js";

/**
 * `<speech-chart data-history-url="…" data-stream-url="…" data-speaker-history-url="…"
 *    data-preset="2m" data-band-low="100" data-band-high="165" data-empty="Nothing yet."></speech-chart>`
 *
 * A speech as a chart and as a table. With a stream it follows the speech while it is given; with
 * the speaker's history alone it shows the last five. With `data-compact` it stands beside something
 * else: pace and energy, and nothing to choose. Fires `chart:status` and `chart:painted`.
 *
 * @typedef {import("../charts/bar_store.js").Bar} Bar
 * @typedef {import("../charts/presets.js").Preset} Preset
 * @typedef {import("../charts/metrics_calls.js").Answer} Answer
 */

let charts = 0;

/** @type {[keyof ReturnType<typeof glance>, string, string][]} */
const FIGURES = [
  ["pace", "Pace", "words/min"],
  ["pitch", "Pitch", "Hz"],
  ["energy", "Energy", "dB"],
  ["fillers", "Fillers", "in view"],
  ["pauses", "Pauses", "s in view"],
];

/** What is left of the panels and the figures where there is little room. */
const COMPACT = new Set(["pace", "energy", "fillers", "pauses"]);

export class SpeechChartElement extends HTMLElement {
  #store = new BarStore();
  /** The speaker's last speeches, once asked for. */
  #joined = new BarStore();
  /** @type {NonNullable<Answer["speeches"]>} */
  #speeches = [];
  /** @type {Preset} */
  #preset = "whole";
  #loaded = false;
  #number = (charts += 1);
  #presets = make("div", "chart__presets");
  #figures = make("dl", "chart__figures");
  #plots = make("div", "chart__panels");
  #point = make("p", "chart__point small soft");
  #empty = make("p", "chart__empty soft");
  #problem = make("div", "banner banner--warning");
  #region = make("div", "table-wrap chart__region visually-hidden");
  #aloud = make("p", "visually-hidden");
  /** @type {SpeechChart|null} */
  #chart = null;
  /** @type {BarsTable|null} */
  #table = null;
  /** @type {Painter|null} */
  #painter = null;
  /** @type {MetricsStream|null} */
  #stream = null;

  connectedCallback() {
    const { streamUrl, preset } = this.dataset;
    this.#preset = PRESETS.find((one) => one.preset === preset)?.preset ?? (streamUrl ? "2m" : "whole");
    if (!this.dataset["historyUrl"]) this.#preset = "last5";
    this.#build();
    const panels = PANELS.filter(({ key }) => !this.#isCompact || COMPACT.has(key));
    this.#chart = new SpeechChart(this.#plots, (bar) => this.#showPoint(bar), panels);
    this.#table = new BarsTable(this.#region, this.#aloud);
    this.#painter = new Painter(() => this.#paint());
    if (streamUrl) this.#follow(streamUrl);
    else void this.#load();
    this.#painter.request();
  }

  disconnectedCallback() {
    this.#stream?.close();
    this.#painter?.close();
    this.#chart?.close();
    this.replaceChildren();
  }

  /** All bars of the speech, whatever is in view. */
  get bars() {
    return this.#store.bars;
  }

  /** Whether there are bars or not is known. */
  get isLoaded() {
    return this.#loaded;
  }

  /** Whether the server has said that nothing more will come. */
  get hasEnded() {
    return this.#stream?.status === "ended";
  }

  get #isCompact() {
    return this.dataset["compact"] !== undefined;
  }

  /** Somebody has signed in, or the speech begins anew. */
  tryNow() {
    this.#stream?.tryNow();
  }

  /** The page's colours or type have changed. */
  restyle() {
    this.#chart?.restyle();
  }

  /** @param {string} streamUrl */
  #follow(streamUrl) {
    const calls = metricsCalls(dataOf(this, "historyUrl"), streamUrl);
    this.#stream = new MetricsStream(this.#store, { ...calls, followPage }, {
      changed: () => {
        this.#loaded = true;
        this.#painter?.request();
      },
      status: (status) => this.#tell("chart:status", { status }),
    });
    this.#stream.open();
  }

  /** What does not change any more, or not while it is looked at. */
  async #load() {
    const joins = this.#preset === "last5";
    try {
      const answer = await history(dataOf(this, joins ? "speakerHistoryUrl" : "historyUrl"));
      this.#problem.hidden = true;
      if (joins) {
        this.#speeches = answer.speeches ?? [];
        this.#joined.load({ ...answer, reset: true });
      } else {
        this.#store.load(answer);
      }
      this.#loaded = true;
      this.#painter?.request();
    } catch {
      this.#problem.hidden = false;
    }
  }

  /** @param {Preset} preset */
  #choose(preset) {
    this.#preset = preset;
    this.#problem.hidden = true;
    for (const button of this.#presets.querySelectorAll("button")) {
      button.setAttribute("aria-pressed", String(button.value === preset));
    }
    if (preset === "last5") void this.#load();
    this.#painter?.request();
  }

  #paint() {
    const joins = this.#preset === "last5";
    const { bars } = joins ? this.#joined : this.#store;
    const view = extent(this.#preset, bars);
    const seen = inView(bars, view);
    const { bandLow, bandHigh } = this.dataset;
    this.#chart?.show({
      bars: seen,
      ...view,
      marks: joins ? this.#speeches.map(({ t0, title }) => ({ at: t0, words: title || "Untitled speech" })) : [],
      band: { low: Number(bandLow), high: Number(bandHigh) },
    });
    const isWhole = this.#table?.show(seen, joins ? (bar) => this.#nameOf(bar) : undefined);
    if (isWhole === false) this.#painter?.request();
    if (!joins) this.#table?.say(bars);
    // The newest values of one speech; of several they would say nothing.
    this.#figures.hidden = joins;
    this.#showFigures(glance(seen));
    this.#empty.hidden = bars.length > 0 || !this.#loaded;
    this.#tell("chart:painted", { bars: this.#store.bars });
  }

  /** @param {Bar} bar */
  #nameOf(bar) {
    const speech = this.#speeches.find((one) => one.speech === bar.speech);
    return `${speech?.title || "Untitled speech"}, ${clock(bar.t0 - (speech?.t0 ?? 0))}`;
  }

  /** @param {ReturnType<typeof glance>} said */
  #showFigures(said) {
    for (const [key] of FIGURES) {
      const value = this.#figures.querySelector(`[data-figure=${key}]`);
      if (value && value.textContent !== said[key]) value.textContent = said[key];
    }
  }

  /** @param {Bar|null} bar what is pointed at */
  #showPoint(bar) {
    const said = bar && reading(bar);
    this.#point.textContent =
      bar && said
        ? `${this.#preset === "last5" ? this.#nameOf(bar) : clock(bar.t0)}: ${said.pace} words a minute · pitch ${said.pitch} Hz · energy ${said.energy} dB · fillers ${said.fillers} · pause ${said.pause}`
        : "";
  }

  #build() {
    const bar = make("div", "chart__bar");
    this.#presets.setAttribute("role", "group");
    this.#presets.setAttribute("aria-label", "Part of the speech");
    const offered = PRESETS.filter(({ preset }) =>
      preset === "last5" ? this.dataset["speakerHistoryUrl"] : this.dataset["historyUrl"],
    );
    this.#presets.replaceChildren(
      ...offered.map(({ preset, words }) => {
        const button = this.#button(words, () => this.#choose(preset));
        button.value = preset;
        button.setAttribute("aria-pressed", String(preset === this.#preset));
        return button;
      }),
    );
    this.#presets.hidden = offered.length < 2 || this.#isCompact;

    const toggle = this.#button("Show as a table", () => {
      const isShown = !this.#region.classList.toggle("visually-hidden");
      toggle.setAttribute("aria-expanded", String(isShown));
      // Out of the way of the Tab key while it cannot be seen.
      this.#region.tabIndex = isShown ? 0 : -1;
      if (isShown) scrollTo(this.#region);
    });
    toggle.setAttribute("aria-expanded", "false");
    toggle.setAttribute("aria-controls", `chart-table-${this.#number}`);
    this.#region.id = `chart-table-${this.#number}`;
    this.#region.tabIndex = -1;
    this.#region.setAttribute("role", "region");
    this.#region.setAttribute("aria-label", "The chart as a table");
    bar.append(this.#presets, toggle);

    this.#figures.replaceChildren(
      ...FIGURES.filter(([key]) => !this.#isCompact || COMPACT.has(key)).map(([key, name, unit]) => {
        const entry = make("div", "chart__figure");
        const value = make("span", "chart__value tabular", "–");
        value.dataset["figure"] = key;
        const said = make("dd");
        said.append(value, " ", make("span", "soft small", unit));
        entry.append(make("dt", "small", name), said);
        return entry;
      }),
    );

    // Every word and number of it is in the table, too.
    this.#plots.setAttribute("aria-hidden", "true");
    // Beside captions that are read out, figures would talk over them.
    if (!this.#isCompact) this.#aloud.setAttribute("role", "status");
    this.#empty.textContent = this.dataset["empty"] ?? "";
    this.#empty.hidden = true;
    this.#problem.setAttribute("role", "alert");
    this.#problem.hidden = true;
    this.#problem.append(
      make("p", "banner__body", "The chart could not be loaded."),
      this.#button("Try again", () => void this.#load()),
    );
    this.append(bar, this.#problem, this.#figures, this.#plots, this.#point, this.#empty, this.#region, this.#aloud);
  }

  /**
   * @param {string} words
   * @param {() => void} press
   */
  #button(words, press) {
    const button = make("button", "button button--small", words);
    button.type = "button";
    button.addEventListener("click", press);
    return button;
  }

  /**
   * @param {string} type
   * @param {object} detail
   */
  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { bubbles: true, detail }));
  }
}

customElements.define("speech-chart", SpeechChartElement);
