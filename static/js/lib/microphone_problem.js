/**
 * Why there is no microphone, and what to do about it, in words.
 *
 * @param {string} name of the DOMException, or "insecure", "unsupported", "ended", "stalled"
 * @returns {{tone: "error", title: string, text: string}}
 */
export function microphoneProblem(name) {
  const [title, text] = WORDS[name] ?? [
    "The microphone could not be opened.",
    `The browser says: ${name}. Reload the page, or try another browser.`,
  ];
  return { tone: "error", title, text };
}

/** @type {Record<string, [string, string]>} */
const WORDS = {
  NotAllowedError: [
    "The microphone is blocked.",
    "Allow the microphone for this site in the browser's address bar (or in the system's privacy settings), then check again.",
  ],
  NotFoundError: [
    "No microphone was found.",
    "Plug in or switch on a microphone, then check again.",
  ],
  NotReadableError: [
    "The microphone is in use elsewhere.",
    "Another program or tab may hold it. Close that, then check again.",
  ],
  OverconstrainedError: [
    "No suitable microphone was found.",
    "Choose another microphone in the browser's settings, then check again.",
  ],
  insecure: [
    "This page may not use the microphone.",
    "Browsers give the microphone to secure pages only: open this page over https, or on this computer itself.",
  ],
  unsupported: [
    "This browser cannot record.",
    "Use a current version of Chrome, Edge, Firefox or Safari.",
  ],
  ended: [
    "The microphone was disconnected.",
    "Plug it in or choose another, then check again.",
  ],
  stalled: [
    "The browser has paused the microphone.",
    "A call or a locked screen can do this. Check the microphone again.",
  ],
};
