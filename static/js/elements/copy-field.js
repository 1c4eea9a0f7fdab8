/**
 * `<copy-field><label for="x">Link</label><input id="x" readonly value="…"><button type="button" hidden>Copy</button><span role="status"></span></copy-field>`
 *
 * A text to hand over: the button puts it on the clipboard and says so. Without a script the text
 * can still be selected.
 */
export class CopyField extends HTMLElement {
  connectedCallback() {
    const button = this.querySelector("button");
    const input = this.querySelector("input");
    if (!button || !input) throw new Error("<copy-field> needs an input and a button");
    button.hidden = false;
    button.addEventListener("click", () => void this.#copy(input));
    input.addEventListener("focus", () => input.select());
  }

  /** @param {HTMLInputElement} input */
  async #copy(input) {
    try {
      await navigator.clipboard.writeText(input.value);
      this.#say("Copied.");
    } catch {
      // Not allowed, or a page without HTTPS has no clipboard: the keyboard still has.
      input.focus();
      this.#say("Press Ctrl+C or ⌘C to copy.");
    }
  }

  /** @param {string} words */
  #say(words) {
    const status = this.querySelector("[role=status]");
    if (status) status.textContent = words;
  }
}

customElements.define("copy-field", CopyField);
