/**
 * `<project-presets data-type="projectType" data-objectives="objectives" data-style="style"><select>…<option data-fields='{"name": …}'>…</select><p role="status"></p></project-presets>`
 *
 * Fills the fields of its form in, which the attributes name; what somebody typed stays as it is.
 */

/**
 * @typedef {object} Preset
 * @property {string} name
 * @property {string} about
 * @property {string[]} objectives
 * @property {[number, number]} minutes
 * @property {string} style
 */

/** @typedef {HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement} Field */

export class ProjectPresets extends HTMLElement {
  /** What was filled in last, by the name of the field. @type {Map<string, string>} */
  #filled = new Map();

  connectedCallback() {
    const select = this.querySelector("select");
    if (!select) throw new Error("<project-presets> needs a select");
    select.addEventListener("input", (event) => event.stopPropagation());
    select.addEventListener("change", (event) => {
      event.stopPropagation();
      const given = select.selectedOptions[0]?.dataset["fields"];
      this.#fill(given ? JSON.parse(given) : null);
    });
  }

  /** @param {Preset | null} preset null takes back what the last one filled in */
  #fill(preset) {
    const [green = 0, red = 0] = preset?.minutes ?? [];
    this.#put("type", preset?.name ?? "");
    this.#put("objectives", preset?.objectives.join("\n") ?? "");
    this.#put("green", preset ? clock(green) : "");
    this.#put("red", preset ? clock(red) : "");
    if (preset) this.#choose("style", preset.style);
    const status = this.querySelector("[role=status]");
    if (status) status.textContent = preset?.about ?? "";
  }

  /**
   * @param {string} which attribute
   * @param {string} value
   */
  #put(which, value) {
    const field = this.#field(which);
    if (!field || (field.value.trim() && field.value !== this.#filled.get(which))) return;
    this.#filled.set(which, value);
    this.#set(field, value);
  }

  /**
   * @param {string} which
   * @param {string} value
   */
  #choose(which, value) {
    const field = this.#field(which);
    if (field instanceof HTMLSelectElement && !field.disabled) this.#set(field, value);
  }

  /**
   * @param {Field} field
   * @param {string} value
   */
  #set(field, value) {
    field.value = value;
    // As if somebody had typed it: the page reads, checks and sends it.
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }

  /**
   * @param {string} which
   * @returns {Field | null}
   */
  #field(which) {
    const name = this.dataset[which];
    const field = name ? this.closest("form")?.elements.namedItem(name) : null;
    const fields = [HTMLInputElement, HTMLTextAreaElement, HTMLSelectElement];
    return fields.some((type) => field instanceof type) ? /** @type {Field} */ (field) : null;
  }
}

/** @param {number} minutes */
function clock(minutes) {
  const seconds = Math.round(minutes * 60);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

customElements.define("project-presets", ProjectPresets);
