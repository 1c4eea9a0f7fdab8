/**
 * `<file-drop><label>Choose a file <input type="file"></label><p data-chosen role="status"></p></file-drop>`
 *
 * A file input on which files may also be dropped. The input stays what holds the file.
 */
export class FileDrop extends HTMLElement {
  connectedCallback() {
    for (const kind of ["dragenter", "dragover"]) {
      this.addEventListener(kind, (event) => {
        event.preventDefault();
        this.classList.add("drop--over");
      });
    }
    this.addEventListener("dragleave", (event) => {
      const inside = event.relatedTarget instanceof Node && this.contains(event.relatedTarget);
      if (!inside) this.classList.remove("drop--over");
    });
    this.addEventListener("drop", (event) => {
      event.preventDefault();
      this.classList.remove("drop--over");
      const input = this.#input();
      if (input.disabled || !event.dataTransfer?.files.length) return;
      input.files = event.dataTransfer.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
    this.#input().addEventListener("change", () => this.#tell());
    this.#tell();
  }

  /** @returns {File | null} */
  get file() {
    return this.#input().files?.[0] ?? null;
  }

  #tell() {
    const chosen = this.querySelector("[data-chosen]");
    if (!chosen) return;
    const { file } = this;
    chosen.textContent = file ? `${file.name}, ${sizeOf(file.size)}` : "";
  }

  #input() {
    const input = this.querySelector("input[type=file]");
    if (!(input instanceof HTMLInputElement)) throw new Error("<file-drop> needs a file input");
    return input;
  }
}

/** @param {number} bytes */
export function sizeOf(bytes) {
  return bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} KiB` : `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}

customElements.define("file-drop", FileDrop);
