import { make } from "../lib/dom.js";

/**
 * `<role-reports></role-reports>`
 *
 * What the timer, the grammarian and the others have to say, each under its own heading.
 *
 * @typedef {import("../live/contract.js").RoleResult} RoleResult
 */
export class RoleReports extends HTMLElement {
  /** @type {readonly RoleResult[]} */
  #shown = [];

  /** @param {readonly RoleResult[]} results */
  show(results) {
    if (results === this.#shown) return;
    this.#shown = results;
    this.replaceChildren(...results.map((result) => this.#report(result)));
  }

  /** @param {RoleResult} result */
  #report({ report }) {
    const article = make("article", "role-report");
    article.append(make("h3", "", report.title));
    for (const { heading, content } of report.sections) {
      if (heading) article.append(make("h4", "", heading));
      article.append(make("p", "script", content));
    }
    return article;
  }
}

customElements.define("role-reports", RoleReports);
