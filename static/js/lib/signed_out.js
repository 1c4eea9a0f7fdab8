/** What a page says whose sign-in has ended: a link that does not leave it. */

import { dataOf, find } from "./dom.js";

/**
 * @param {HTMLElement} toast
 * @param {HTMLElement} root its data has the addresses to sign in at, and to come back to
 * @param {boolean} isSignedOut
 */
export function showSignedOut(toast, root, isSignedOut) {
  if (isSignedOut && toast.hidden) {
    const login = new URL(dataOf(root, "loginUrl"), location.href);
    // Not back to this page: opened a second time, it would take over from here.
    login.searchParams.set("next", dataOf(root, "signedInUrl"));
    find(toast, "[data-login]", HTMLAnchorElement).href = login.href;
  }
  toast.hidden = !isSignedOut;
}
