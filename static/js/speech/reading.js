/** A speech to read: a quote shows its words in the transcript. Without this, links lead to the line. */

import { make, scrollTo } from "../lib/dom.js";
import { findQuote } from "../lib/quote_finder.js";

const rows = [...document.querySelectorAll("[data-transcript] > [data-at]")].filter(
  (row) => row instanceof HTMLElement,
);
const passages = rows.map((row) => ({
  startTime: Number(row.dataset["at"]),
  text: row.querySelector(".caption__text")?.textContent ?? "",
}));

function unmark() {
  rows.forEach((row, index) => {
    const text = row.querySelector(".caption__text");
    if (text?.querySelector("mark")) text.textContent = passages[index]?.text ?? "";
  });
}

/**
 * @param {string} quote
 * @param {number} timestamp
 * @returns {boolean} whether the words are there
 */
function showQuote(quote, timestamp) {
  unmark();
  const ranges = findQuote(passages, quote, timestamp);
  for (const { passage, start, end } of ranges) {
    const said = passages[passage]?.text ?? "";
    rows[passage]
      ?.querySelector(".caption__text")
      ?.replaceChildren(said.slice(0, start), make("mark", "", said.slice(start, end)), said.slice(end));
  }
  const row = rows[ranges[0]?.passage ?? -1];
  if (!row) return false;
  row.focus({ preventScroll: true });
  scrollTo(row);
  return true;
}

/** Follows the quotes of the page. */
export function followQuotes() {
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a[data-quote]") : null;
    if (!(link instanceof HTMLElement)) return;
    const { quote = "", timestamp } = link.dataset;
    if (showQuote(quote, Number(timestamp))) event.preventDefault();
  });
}
