import { make } from "../lib/dom.js";

/**
 * `<notice-list></notice-list>`
 *
 * Banners that stay until they are dismissed. Pressing Dismiss fires `notice:dismissed` with
 * `{key}`, which bubbles.
 *
 * @typedef {import("../live/model.js").Notice} Notice
 */
export class NoticeList extends HTMLElement {
  /** @type {Map<string, {notice: Notice, banner: HTMLElement}>} */
  #shown = new Map();

  /** @param {readonly Notice[]} notices */
  show(notices) {
    for (const [key, { notice, banner }] of this.#shown) {
      if (notices.includes(notice)) continue;
      banner.remove();
      this.#shown.delete(key);
    }
    for (const notice of notices) {
      if (this.#shown.has(notice.key)) continue;
      const banner = this.#banner(notice);
      this.append(banner);
      this.#shown.set(notice.key, { notice, banner });
    }
  }

  /** @param {Notice} notice */
  #banner({ key, tone, title, text }) {
    const banner = make("div", `banner banner--${tone}`);
    banner.setAttribute("role", tone === "error" || tone === "warning" ? "alert" : "status");
    const body = make("div", "banner__body");
    body.append(make("p", "banner__title", title));
    if (text) body.append(make("p", "", text));
    const dismiss = make("button", "button button--small", "Dismiss");
    dismiss.type = "button";
    dismiss.addEventListener("click", () => {
      this.dispatchEvent(new CustomEvent("notice:dismissed", { bubbles: true, detail: { key } }));
    });
    banner.append(body, dismiss);
    return banner;
  }
}

customElements.define("notice-list", NoticeList);
