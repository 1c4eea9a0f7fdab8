import { shownText } from "../coach/turns.js";
import { make } from "../lib/dom.js";

/**
 * `<coach-conversation class="turns" tabindex="0" role="region"></coach-conversation>`
 *
 * What the speaker and the coach say, as it is said: of the coach's words those that were heard.
 * Rows are kept and changed in place; it follows the conversation unless someone has scrolled back.
 * A screen reader reads out what the speaker said; the coach is heard anyway.
 *
 * @typedef {import("../coach/model.js").Turn} Turn
 * @typedef {{row: HTMLLIElement, text: HTMLElement, cut: HTMLElement, turn: Turn|null}} Row
 */
export class CoachConversation extends HTMLElement {
  #list = make("ol", "turns__list");
  #spoken = make("div", "visually-hidden");
  /** @type {Map<string, Row>} */
  #rows = new Map();
  /** @type {Set<string>} */
  #announced = new Set();

  connectedCallback() {
    if (this.#list.isConnected) return;
    this.#list.setAttribute("role", "list");
    this.#spoken.setAttribute("role", "log");
    this.#spoken.setAttribute("aria-label", "What you said, read out");
    this.append(this.#list, this.#spoken);
  }

  /** @param {readonly Turn[]} turns */
  show(turns) {
    const follows = this.scrollHeight - this.scrollTop - this.clientHeight < 80;
    const ids = new Set(turns.map(({ id }) => id));
    for (const [id, { row }] of this.#rows) {
      if (ids.has(id)) continue;
      row.remove();
      this.#rows.delete(id);
    }
    for (const turn of turns) this.#write(turn);
    if (follows) this.scrollTop = this.scrollHeight;
  }

  /** @param {Turn} turn */
  #write(turn) {
    const row = this.#rows.get(turn.id) ?? this.#append(turn);
    if (row.turn === turn) return;
    row.turn = turn;
    const text = shownText(turn) || (turn.isFinal ? "(inaudible)" : "…");
    // A coach who was cut before the first word has said nothing.
    row.row.hidden = turn.by === "coach" && shownText(turn) === "";
    if (row.text.textContent !== text) row.text.textContent = text;
    row.row.classList.toggle("turn--interim", turn.by === "you" && !turn.isFinal);
    row.cut.hidden = !turn.isCut;
    if (turn.by === "you" && turn.isFinal && turn.text && !this.#announced.has(turn.id)) {
      this.#announced.add(turn.id);
      this.#spoken.append(make("p", "", turn.text));
      if (this.#spoken.childElementCount > 10) this.#spoken.firstElementChild?.remove();
    }
  }

  /** @param {Turn} turn */
  #append({ id, by }) {
    const row = make("li", `turn turn--${by}`);
    const who = make("p", "turn__who", by === "you" ? "You" : "Coach");
    const text = make("p", "turn__text");
    const cut = make("p", "turn__cut", "interrupted here");
    cut.hidden = true;
    row.append(who, text, cut);
    this.#list.append(row);
    const made = { row, text, cut, turn: null };
    this.#rows.set(id, made);
    return made;
  }
}

customElements.define("coach-conversation", CoachConversation);
