/** The page on which a recorded speech is uploaded. */

import { FileDrop, sizeOf } from "../../elements/file-drop.js";
import "../../elements/project-presets.js";
import { csrfToken } from "../../lib/csrf.js";
import { dataOf, find } from "../../lib/dom.js";
import { holdPage } from "../../uploads/leaving.js";
import { BROWSER, Refused, sendFile, wordsOf } from "../../uploads/sender.js";

const form = find(document, "[data-upload]", HTMLFormElement);
const drop = find(form, "file-drop", FileDrop);
const button = find(form, "button[type=submit]", HTMLButtonElement);
const problem = find(form, "[data-problem]", HTMLElement);
const progress = find(form, "[data-progress]", HTMLElement);
const bar = find(progress, "progress", HTMLProgressElement);
const told = find(progress, "[role=status]", HTMLElement);
const name = form.elements.namedItem("speaker_name");
const consent = find(form, "[name=consent_confirmed]", HTMLInputElement);
const consentName = find(form, "[data-consent-name]", HTMLElement);
const style = form.querySelector("select[name=style]");

/** Where an upload that was broken off goes on. @type {{ piecesUrl: string, pageUrl: string, pieceBytes: number, received: number, of: string } | null} */
let open = null;

form.addEventListener("submit", (event) => {
  event.preventDefault();
  void upload();
});
form.addEventListener("input", ({ target }) => {
  // Another speaker has not consented.
  if (target === name) consent.checked = false;
  describe();
});
form.addEventListener("change", describe);
describe();

function describe() {
  if (name instanceof HTMLInputElement) consentName.textContent = name.value || "the speaker";
  const hint = form.querySelector("#style-description");
  if (style instanceof HTMLSelectElement && hint) {
    hint.textContent = style.selectedOptions[0]?.dataset["description"] ?? "";
  }
}

async function upload() {
  const { file } = drop;
  clear();
  if (!file) return complain("file", "Choose the recording first.");
  const most = Number(dataOf(form, "mostBytes"));
  if (file.size > most) {
    return complain(
      "file",
      `The file has ${sizeOf(file.size)}; at most ${sizeOf(most)} can be uploaded. Export only its sound, as M4A or MP3.`,
    );
  }
  busy(true);
  const letGo = holdPage();
  try {
    const known = `${file.name}/${file.size}/${file.lastModified}`;
    if (open?.of !== known) open = await begin(file, known);
    if (!open) return;
    const { piecesUrl, pieceBytes, received } = open;
    show(received, file.size);
    const where = { url: piecesUrl, pieceBytes, from: received };
    const means = { ...BROWSER, token: () => csrfToken(document.cookie) };
    await sendFile(
      file,
      where,
      (at) => {
        if (open) open.received = at;
        show(at, file.size);
      },
      means,
    );
    letGo();
    location.assign(open.pageUrl);
  } catch (error) {
    complain("", error instanceof Refused ? error.message : "The file could not be read. Choose it again.");
  } finally {
    letGo();
    busy(false);
  }
}

/**
 * @param {File} file
 * @param {string} of
 */
async function begin(file, of) {
  const fields = new FormData(form);
  fields.delete("file");
  fields.set("file_name", file.name);
  fields.set("file_size", String(file.size));
  const response = await fetch(form.action, {
    method: "POST",
    body: fields,
    headers: { Accept: "application/json", "X-CSRFToken": csrfToken(document.cookie) },
  }).catch(() => null);
  if (!response) throw new Refused("The server cannot be reached. Try again in a moment.");
  const said = await wordsOf(response);
  if (response.ok) {
    const answer = /** @type {{ piecesUrl: string, pageUrl: string, pieceBytes: number }} */ (
      /** @type {unknown} */ (said)
    );
    return { ...answer, received: 0, of };
  }
  const wrong = Object.entries(said.fields ?? {});
  for (const [field, words] of wrong) complain(field, words.join(" "));
  if (!wrong.length) complain("", said.message);
  return null;
}

/**
 * Says what is wrong at its field, or above the button.
 * @param {string} field
 * @param {string} words
 */
function complain(field, words) {
  const place = field && form.querySelector(`[data-error="${CSS.escape(field)}"]`);
  const shown = place instanceof HTMLElement ? place : problem;
  shown.textContent = words;
  shown.hidden = false;
  if (shown === problem) return;
  const input = form.elements.namedItem(field);
  if (input instanceof HTMLElement) {
    input.setAttribute("aria-invalid", "true");
    if (!form.querySelector("[aria-invalid]:focus")) input.focus();
  }
}

function clear() {
  problem.hidden = true;
  for (const one of form.querySelectorAll("[data-error]")) {
    if (one instanceof HTMLElement) one.hidden = true;
  }
  for (const one of form.querySelectorAll("[aria-invalid]")) one.removeAttribute("aria-invalid");
}

/** @param {boolean} yes */
function busy(yes) {
  button.disabled = yes;
  progress.hidden = !yes;
}

/**
 * @param {number} received
 * @param {number} size
 */
function show(received, size) {
  bar.value = received / size;
  told.textContent = `${sizeOf(received)} of ${sizeOf(size)} uploaded.`;
}
