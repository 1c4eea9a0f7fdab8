/** The bars as a table: everything the chart shows, for who reads it with other means than eyes. */

import { make } from "../lib/dom.js";
import { clock } from "../lib/time.js";
import { announcement, isForming, reading } from "./reading.js";

/**
 * @typedef {import("./bar_store.js").Bar} Bar
 */

/** So that a long speech does not hold up what is drawn. */
const ROWS_AT_ONCE = 60;
/** How often the newest seconds are said aloud, in seconds of the speech. */
const ALOUD_SECONDS = 15;

/** @type {[keyof ReturnType<typeof reading>, string][]} */
const COLUMNS = [
  ["pace", "Pace, words/min"],
  ["words", "Words"],
  ["fillers", "Fillers"],
  ["pause", "Pause, s"],
  ["voiced", "Voiced, s"],
  ["pitch", "Pitch, Hz"],
  ["energy", "Energy, dB"],
];

export class BarsTable {
  #body = make("tbody");
  #status;
  /** @type {Map<number, {row: HTMLTableRowElement, bar: Bar}>} */
  #rows = new Map();
  /** The last quarter of a minute that was said aloud. @type {number|null} */
  #said = null;

  /**
   * @param {HTMLElement} root
   * @param {HTMLElement} status what is said aloud
   */
  constructor(root, status) {
    this.#status = status;
    const table = make("table", "table chart__table");
    const head = make("tr");
    for (const name of ["Time", ...COLUMNS.map(([, words]) => words)]) {
      const cell = make("th", name === "Time" ? "" : "number", name);
      cell.scope = "col";
      head.append(cell);
    }
    const top = make("thead");
    top.append(head);
    table.append(make("caption", "", "What is in view, the oldest first"), top, this.#body);
    root.append(table);
  }

  /**
   * @param {readonly Bar[]} bars those in view, oldest first
   * @param {(bar: Bar) => string} [nameOf] what a bar's row is called
   * @returns {boolean} whether all of them are there; else it wants to be called again
   */
  show(bars, nameOf = ({ t0 }) => clock(t0)) {
    const whole = bars.filter((bar) => !isForming(bar));
    const kept = new Set(whole.map(({ seq }) => seq));
    for (const [seq, { row }] of this.#rows) {
      if (kept.has(seq)) continue;
      row.remove();
      this.#rows.delete(seq);
    }
    /** @type {Element|null} */
    let before = null;
    let room = ROWS_AT_ONCE;
    for (const bar of whole) {
      if (this.#rows.get(bar.seq)?.bar !== bar && --room < 0) return false;
      const row = this.#rowOf(bar, nameOf);
      /** @type {Element|null} */
      const next = before ? before.nextElementSibling : this.#body.firstElementChild;
      if (next !== row) this.#body.insertBefore(row, next);
      before = row;
    }
    return true;
  }

  /**
   * Says the newest seconds aloud, now and then; not those that were there before.
   * @param {readonly Bar[]} bars
   */
  say(bars) {
    const part = Math.floor((bars.at(-1)?.t1 ?? 0) / ALOUD_SECONDS);
    const before = this.#said;
    this.#said = part;
    if (before === null || part <= before) return;
    const recent = bars.filter(({ t0 }) => t0 >= (part - 1) * ALOUD_SECONDS);
    this.#status.textContent = announcement(recent.filter(({ t1 }) => t1 <= part * ALOUD_SECONDS));
  }

  /**
   * @param {Bar} bar
   * @param {(bar: Bar) => string} nameOf
   */
  #rowOf(bar, nameOf) {
    const known = this.#rows.get(bar.seq);
    if (known?.bar === bar) return known.row;
    const row = known?.row ?? make("tr");
    const name = make("th", "tabular", nameOf(bar));
    name.scope = "row";
    const said = reading(bar);
    row.replaceChildren(name, ...COLUMNS.map(([key]) => make("td", "number nowrap", said[key])));
    row.dataset["seq"] = String(bar.seq);
    row.dataset["rev"] = String(bar.rev);
    this.#rows.set(bar.seq, { row, bar });
    return row;
  }
}
