/** The calls for bars: a stream of them, its status, and their history. */

import { HistoryError } from "./metrics_stream.js";

const PATIENCE_MS = 20_000;

/**
 * @typedef {import("./bar_store.js").History} History
 * @typedef {import("./metrics_stream.js").Position} Position
 *
 * @typedef {History & {speeches?: {speech: string, title: string, recordedAt: string|null, t0: number, t1: number}[]}} Answer
 */

/**
 * @param {string} url
 * @param {Position|null} since
 */
function from(url, since) {
  const address = new URL(url, location.href);
  if (since) address.searchParams.set("sinceEid", `${since.epoch}-${since.eid}`);
  return address;
}

/**
 * @param {string} url
 * @param {Position|null} [since]
 * @returns {Promise<Answer>}
 * @throws {HistoryError} when the server says no
 */
export async function history(url, since = null) {
  const answer = await fetch(from(url, since), {
    headers: { Accept: "application/json" },
    cache: "no-store",
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  if (!answer.ok) throw new HistoryError(answer.status);
  return answer.json();
}

/**
 * @param {string} historyUrl
 * @param {string} streamUrl
 */
export function metricsCalls(historyUrl, streamUrl) {
  return {
    open: (/** @type {Position|null} */ since) => new EventSource(from(streamUrl, since)),
    history: (/** @type {Position|null} */ since) => history(historyUrl, since),
    /** @param {Position|null} since */
    async status(since) {
      const patience = new AbortController();
      const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
      try {
        const { status } = await fetch(from(streamUrl, since), {
          headers: { Accept: "text/event-stream" },
          cache: "no-store",
          signal: patience.signal,
        });
        return status;
      } finally {
        clearTimeout(timer);
        patience.abort();
      }
    },
  };
}
