import { make, scrollTo } from "../lib/dom.js";
import { findQuote } from "../lib/quote_finder.js";
import { clock } from "../lib/time.js";

/**
 * `<live-captions class="captions"></live-captions>`
 *
 * Segments as they are heard. Rows are kept and changed in place, so that nothing flickers and a
 * reader's place is not lost; it follows the speech unless someone has scrolled back. Only what is
 * final is read out by a screen reader.
 *
 * @typedef {import("../live/contract.js").Segment} Segment
 * @typedef {{row: HTMLLIElement, time: HTMLElement, text: HTMLElement, announced: boolean}} Row
 */
export class LiveCaptions extends HTMLElement {
  #list = make("ol", "captions__list");
  #spoken = make("div", "visually-hidden");
  /** @type {Row[]} */
  #rows = [];
  /** @type {readonly Segment[]} */
  #segments = [];

  connectedCallback() {
    if (this.#list.isConnected) return;
    this.#list.setAttribute("role", "list");
    this.#spoken.setAttribute("role", "log");
    this.#spoken.setAttribute("aria-label", "Captions read out");
    this.append(this.#list, this.#spoken);
  }

  /**
   * @param {readonly Segment[]} segments all of them
   * @param {number} from the first that may have changed
   */
  show(segments, from) {
    if (segments === this.#segments) return;
    this.#segments = segments;
    const follows = this.scrollHeight - this.scrollTop - this.clientHeight < 80;
    while (this.#rows.length > segments.length) this.#rows.pop()?.row.remove();
    segments.forEach((segment, index) => {
      if (index >= from || index >= this.#rows.length) this.#write(segment, index);
    });
    if (segments.length === 0) this.#spoken.replaceChildren();
    if (follows) this.scrollTop = this.scrollHeight;
  }

  /**
   * Marks the quote and brings it into view and focus.
   * @param {string} quote
   * @param {number} timestamp
   * @returns {boolean} false if it is not in the transcript
   */
  highlight(quote, timestamp) {
    this.#rows.forEach(({ text }, index) => {
      if (text.querySelector("mark")) text.textContent = this.#segments[index]?.text ?? "";
    });
    const ranges = findQuote(this.#segments, quote, timestamp);
    for (const { passage, start, end } of ranges) {
      const said = this.#segments[passage]?.text ?? "";
      this.#rows[passage]?.text.replaceChildren(
        said.slice(0, start),
        make("mark", "", said.slice(start, end)),
        said.slice(end),
      );
    }
    const first = this.#rows[ranges[0]?.passage ?? -1]?.row;
    if (!first) return false;
    first.tabIndex = -1;
    first.focus({ preventScroll: true });
    scrollTo(first);
    return true;
  }

  /**
   * @param {Segment} segment
   * @param {number} index
   */
  #write(segment, index) {
    const row = this.#rows[index] ?? this.#append();
    if (row.text.textContent !== segment.text) row.text.textContent = segment.text;
    const time = clock(segment.startTime);
    if (row.time.textContent !== time) row.time.textContent = time;
    row.row.classList.toggle("caption--interim", !segment.isFinal);
    if (segment.isFinal && !row.announced) {
      row.announced = true;
      this.#spoken.append(make("p", "", segment.text));
      if (this.#spoken.childElementCount > 20) this.#spoken.firstElementChild?.remove();
    }
  }

  #append() {
    const row = { row: make("li", "caption"), time: make("span", "caption__time"), text: make("span", "caption__text"), announced: false };
    row.row.append(row.time, row.text);
    this.#list.append(row.row);
    this.#rows.push(row);
    return row;
  }
}

customElements.define("live-captions", LiveCaptions);
