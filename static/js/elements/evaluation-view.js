import { make } from "../lib/dom.js";
import { clock } from "../lib/time.js";

/**
 * `<evaluation-view></evaluation-view>`
 *
 * An evaluation in the order it is spoken. Pressing a quote fires `evaluation:quote` with
 * `{quote, timestamp}`, which bubbles.
 *
 * @typedef {import("../live/contract.js").Evaluation} Evaluation
 * @typedef {import("../live/contract.js").Item} Item
 */
export class EvaluationView extends HTMLElement {
  /** @type {Evaluation|null} */
  #shown = null;

  /**
   * @param {Evaluation|null} evaluation
   * @param {string} script what is spoken, word for word
   */
  show(evaluation, script) {
    if (evaluation === this.#shown) return;
    this.#shown = evaluation;
    if (!evaluation) {
      this.replaceChildren();
      return;
    }
    const items = make("ol", "remarks");
    items.setAttribute("role", "list");
    const styled = evaluation.style_items ?? [];
    items.append(...evaluation.items.map((item, index) => this.#remark(item, styled[index])));
    const spoken = make("details", "disclosure");
    spoken.append(make("summary", "", "Spoken script"), make("p", "script", script));
    this.replaceChildren(
      make("p", "remarks__frame", evaluation.opening),
      items,
      make("p", "remarks__frame", evaluation.closing),
      spoken,
    );
  }

  /**
   * @param {Item} item
   * @param {Record<string, string|number>} [styled] the same remark in the fields of its style
   */
  #remark(item, styled) {
    const remark = make("li", `remark remark--${item.type}`);
    const kind = item.type === "commendation" ? "Commendation" : "Recommendation";
    const quote = make("button", "quote", `“${item.evidence_quote}”`);
    quote.type = "button";
    quote.append(make("span", "quote__source", `At ${clock(item.evidence_timestamp)}, show in the transcript`));
    quote.addEventListener("click", () => {
      const detail = { quote: item.evidence_quote, timestamp: item.evidence_timestamp };
      this.dispatchEvent(new CustomEvent("evaluation:quote", { bubbles: true, detail }));
    });
    remark.append(
      make("p", "remark__kind", kind),
      ...(styled ? [this.#fields(styled)] : [make("h3", "", item.summary), make("p", "", item.explanation)]),
      quote,
    );
    return remark;
  }

  /** @param {Record<string, string|number>} styled */
  #fields(styled) {
    const list = make("dl", "remark__fields");
    for (const [name, text] of Object.entries(styled)) {
      if (name === "type" || name.startsWith("evidence_") || text === "") continue;
      const label = name.replaceAll("_", " ");
      list.append(make("dt", "", label[0]?.toUpperCase() + label.slice(1)), make("dd", "", String(text)));
    }
    return list;
  }
}

customElements.define("evaluation-view", EvaluationView);
