/**
 * The token that proves a request to be the page's own, as it is now: signing in changes it, and a
 * page that was loaded before holds the old one in its forms.
 * @param {string} cookies as in `document.cookie`
 */
export function csrfToken(cookies) {
  for (const cookie of cookies.split("; ")) {
    if (cookie.startsWith("csrftoken=")) return cookie.slice("csrftoken=".length);
  }
  return "";
}
