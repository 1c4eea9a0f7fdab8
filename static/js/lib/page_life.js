/**
 * Tells when this page may have missed something, when it is left, and when it comes back from the
 * browser's cache. A tab that becomes visible on a second screen gets no focus, so focus alone is
 * not enough.
 *
 * @param {{woken: () => void, left: () => void, returned: () => void}} listener
 * @param {{window: EventTarget, document: EventTarget & {readonly hidden: boolean}}} [page]
 * @returns {() => void} stops listening
 */
export function followPage({ woken, left, returned }, page = { window, document }) {
  const stop = new AbortController();
  const { signal } = stop;
  const onVisible = () => {
    if (!page.document.hidden) woken();
  };
  const onShow = (/** @type {Event} */ event) => {
    if ("persisted" in event && event.persisted) returned();
  };
  page.document.addEventListener("visibilitychange", onVisible, { signal });
  page.window.addEventListener("focus", () => woken(), { signal });
  page.window.addEventListener("online", () => woken(), { signal });
  page.window.addEventListener("pagehide", () => left(), { signal });
  page.window.addEventListener("pageshow", onShow, { signal });
  return () => stop.abort();
}
