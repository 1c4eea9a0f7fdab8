/** The page of an upload: how far it is, and what came of it. */

import { FileDrop, sizeOf } from "../../elements/file-drop.js";
import { csrfToken } from "../../lib/csrf.js";
import { dataOf, find } from "../../lib/dom.js";
import { followQuotes } from "../../speech/reading.js";
import { holdPage } from "../../uploads/leaving.js";
import { BROWSER, Refused, sendFile } from "../../uploads/sender.js";

const ASK_EVERY_MS = 1000;
const ASK_SELDOM_MS = 5000;

const root = find(document, "[data-upload]", HTMLElement);
const bar = root.querySelector("progress");
const text = root.querySelector("[data-told]");
const again = root.querySelector("[data-again]");

followQuotes();
if (["reading", "evaluating"].includes(dataOf(root, "step"))) void watch();
if (again instanceof HTMLFormElement) {
  again.addEventListener("submit", (event) => {
    event.preventDefault();
    void goOn(again);
  });
}

/** Asks the server until something has come of it, and shows that. */
async function watch() {
  for (;;) {
    await BROWSER.wait(document.hidden ? ASK_SELDOM_MS : ASK_EVERY_MS);
    const response = await fetch(dataOf(root, "statusUrl"), {
      headers: { Accept: "application/json" },
    }).catch(() => null);
    // What cannot be asked now can be asked later; what is gone is told by the page itself.
    if (!response || response.status >= 500) continue;
    if (!response.ok) return location.reload();
    const told = await response.json();
    if (bar) bar.value = told.share;
    if (text && text.textContent !== told.text) text.textContent = told.text;
    if (told.step === "ready" || told.step === "failed") return location.reload();
  }
}

/**
 * Goes on with an upload that was broken off.
 * @param {HTMLFormElement} form
 */
async function goOn(form) {
  const { file } = find(form, "file-drop", FileDrop);
  const problem = find(form, "[data-problem]", HTMLElement);
  problem.hidden = true;
  /** @param {string} words */
  const complain = (words) => {
    problem.textContent = words;
    problem.hidden = false;
  };
  if (!file) return complain("Choose the file first.");
  const [name, size] = [dataOf(root, "fileName"), Number(dataOf(root, "fileSize"))];
  if (file.name !== name || file.size !== size) {
    return complain(`This is another file: choose ${name}, ${sizeOf(size)}.`);
  }
  const button = find(form, "button", HTMLButtonElement);
  button.disabled = true;
  const letGo = holdPage();
  try {
    await sendFile(
      file,
      {
        url: dataOf(root, "piecesUrl"),
        pieceBytes: Number(dataOf(root, "pieceBytes")),
        from: Number(dataOf(root, "received")),
      },
      (received) => {
        if (bar) bar.value = (received / size) * 0.2;
        if (text) text.textContent = `${sizeOf(received)} of ${sizeOf(size)} uploaded.`;
      },
      { ...BROWSER, token: () => csrfToken(document.cookie) },
    );
    letGo();
    location.reload();
  } catch (error) {
    complain(error instanceof Refused ? error.message : "The file could not be read. Choose it again.");
  } finally {
    letGo();
    button.disabled = false;
  }
}
