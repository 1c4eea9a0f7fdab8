/** Everything the operator fills in: consent, project, silence, and how to evaluate. */

import { find } from "../lib/dom.js";
import { mayBeSent, objectivesOf } from "./setup.js";

/** @typedef {import("./model.js").Setup} Setup */

const MOST_OBJECTIVES = 10;
const LONGEST_OBJECTIVE = 500;

export class SetupForm {
  #form;
  #name;
  #consent;
  #title;
  #type;
  #objectives;
  #objectivesError;
  #silence;
  #seconds;
  #secondsError;
  #consentName;
  #limit;
  #limitError;
  #style;
  #mode;
  #notes;
  /** Something was typed. @type {(setup: Partial<Setup>) => void} */
  onChange = () => {};
  /** A field was left, or a box ticked. @type {() => void} */
  onCommit = () => {};

  /** @param {HTMLFormElement} form */
  constructor(form) {
    this.#form = form;
    const input = (/** @type {string} */ name) => find(form, `[name=${name}]`, HTMLInputElement);
    this.#name = input("speakerName");
    this.#consent = input("consentConfirmed");
    this.#title = input("speechTitle");
    this.#type = input("projectType");
    this.#objectives = find(form, "[name=objectives]", HTMLTextAreaElement);
    this.#objectivesError = find(form, "#objectives-error", HTMLElement);
    this.#silence = input("silenceEnabled");
    this.#seconds = input("silenceSeconds");
    this.#secondsError = find(form, "#silence-error", HTMLElement);
    this.#consentName = find(form, "[data-consent-name]", HTMLElement);
    this.#limit = input("timeLimitSeconds");
    this.#limitError = find(form, "#limit-error", HTMLElement);
    // A club without a choice of styles has no such field.
    this.#style = form.querySelector("select[name=style]");
    this.#mode = find(form, "[name=mode][value=practice]", HTMLInputElement);
    this.#notes = find(form, "[name=notes]", HTMLTextAreaElement);
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", ({ target }) => {
      // Another speaker has not consented.
      if (target === this.#name) this.#consent.checked = false;
      this.#validate();
      this.onChange(this.read());
    });
    form.addEventListener("change", () => {
      if (this.#validate()) this.onCommit();
    });
    this.#validate();
  }

  /** @returns {Setup} always within the limits of the contract */
  read() {
    return {
      speakerName: this.#name.value,
      consentConfirmed: this.#consent.checked,
      speechTitle: this.#title.value,
      projectType: this.#type.value,
      objectives: objectivesOf(this.#objectives.value)
        .slice(0, MOST_OBJECTIVES)
        .map((objective) => objective.slice(0, LONGEST_OBJECTIVE)),
      silenceSeconds: Math.max(3, Math.min(15, this.#seconds.valueAsNumber || 5)),
      silenceEnabled: this.#silence.checked,
      timeLimitSeconds: Math.round(Math.max(30, Math.min(600, this.#limit.valueAsNumber || 120))),
      style: this.#style instanceof HTMLSelectElement ? this.#style.value : "",
      roleIds: this.#roles.filter(({ checked }) => checked).map(({ value }) => value),
      mode: this.#mode.checked ? "practice" : "live",
      notes: this.#notes.value,
    };
  }

  /**
   * What the server said of the consent, or an empty form after a purge.
   * @param {Setup} setup
   */
  write(setup) {
    this.#name.value = setup.speakerName;
    this.#consent.checked = setup.consentConfirmed;
    this.#title.value = setup.speechTitle;
    this.#type.value = setup.projectType;
    this.#objectives.value = setup.objectives.join("\n");
    this.#silence.checked = setup.silenceEnabled;
    this.#seconds.value = String(setup.silenceSeconds);
    this.#limit.value = String(setup.timeLimitSeconds);
    if (this.#style instanceof HTMLSelectElement) this.#style.value = setup.style;
    for (const role of this.#roles) role.checked = setup.roleIds.includes(role.value);
    for (const mode of this.#form.querySelectorAll("[name=mode]")) {
      if (mode instanceof HTMLInputElement) mode.checked = mode.value === setup.mode;
    }
    this.#notes.value = setup.notes;
    this.#validate();
  }

  /**
   * @param {Setup} setup
   * @returns {boolean} whether the form shows something else
   */
  differsFrom(setup) {
    return JSON.stringify(this.read()) !== JSON.stringify(setup);
  }

  /**
   * Shows what can be changed now: a part of the form names its phases in `data-phases`. Notes are
   * always there to be read.
   * @param {import("./contract.js").Phase} phase
   */
  showFor(phase) {
    for (const part of this.#form.querySelectorAll("[data-phases]")) {
      const phases = (part.getAttribute("data-phases") ?? "").split(" ");
      part.toggleAttribute("hidden", !phases.includes(phase));
    }
    this.#notes.readOnly = !mayBeSent("set_notes", phase);
  }

  /** @returns {HTMLInputElement[]} */
  get #roles() {
    const boxes = [...this.#form.querySelectorAll("[name=roleIds]")];
    return boxes.filter((box) => box instanceof HTMLInputElement);
  }

  #validate() {
    this.#consentName.textContent = this.#name.value.trim() || "the speaker";
    const lines = objectivesOf(this.#objectives.value);
    const longest = Math.max(0, ...lines.map((line) => line.length));
    const tooMany = lines.length > MOST_OBJECTIVES;
    this.#report(
      this.#objectives,
      this.#objectivesError,
      tooMany
        ? `${lines.length} objectives: only the first ten are used.`
        : longest > LONGEST_OBJECTIVE
          ? `An objective has ${longest} characters: it is cut at 500.`
          : "",
    );
    const seconds = this.#seconds.valueAsNumber;
    const inRange = seconds >= 3 && seconds <= 15;
    this.#report(this.#seconds, this.#secondsError, inRange ? "" : "From 3 to 15 seconds.");
    this.#seconds.disabled = !this.#silence.checked;
    const limit = this.#limit.valueAsNumber;
    const fits = Number.isInteger(limit) && limit >= 30 && limit <= 600;
    this.#report(this.#limit, this.#limitError, fits ? "" : "Whole seconds, from 30 to 600.");
    const description = this.#form.querySelector("#style-description");
    if (description && this.#style instanceof HTMLSelectElement) {
      description.textContent = this.#style.selectedOptions[0]?.dataset["description"] ?? "";
    }
    return inRange && fits;
  }

  /**
   * @param {HTMLElement} field
   * @param {HTMLElement} place
   * @param {string} problem
   */
  #report(field, place, problem) {
    place.textContent = problem;
    place.hidden = problem === "";
    field.setAttribute("aria-invalid", String(problem !== ""));
  }
}
