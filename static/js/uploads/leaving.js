/**
 * Asks before the page is left while something is on its way.
 * @returns {() => void} call it once nothing is
 */
export function holdPage() {
  /** @param {BeforeUnloadEvent} event */
  const ask = (event) => event.preventDefault();
  window.addEventListener("beforeunload", ask);
  return () => window.removeEventListener("beforeunload", ask);
}
