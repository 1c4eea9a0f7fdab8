/** Sends a file in pieces, each a request of its own, through whatever happens to the network. */

import { fullJitter } from "../lib/backoff.js";

const MOST_FAILURES = 8;

/** What the server says for good; its words are for the page. */
export class Refused extends Error {}

/**
 * @typedef {object} Means what a test replaces
 * @property {typeof fetch} fetch
 * @property {(ms: number) => Promise<void>} wait
 * @property {() => number} random
 * @property {() => string} token against forgery; signing in changes it
 */

/**
 * Sends what the server does not have yet, from byte `from` on.
 * @param {Blob} file
 * @param {{ url: string, pieceBytes: number, from: number }} where
 * @param {(received: number) => void} onProgress
 * @param {Means} means
 * @param {AbortSignal} [signal]
 * @throws {Refused} what the server will not take, in its words
 */
export async function sendFile(file, where, onProgress, means, signal) {
  let at = where.from;
  let failures = 0;
  while (at < file.size) {
    signal?.throwIfAborted();
    const piece = file.slice(at, Math.min(at + where.pieceBytes, file.size));
    const answer = await send(piece, `${where.url}?at=${at}`, means, signal);
    if (answer === null) {
      failures += 1;
      if (failures >= MOST_FAILURES) {
        throw new Refused("The server cannot be reached. What was uploaded is there: try again to go on.");
      }
      await means.wait(fullJitter(failures, means.random));
      continue;
    }
    failures = 0;
    at = answer;
    onProgress(at);
  }
}

/**
 * @param {Blob} piece
 * @param {string} url
 * @param {Means} means
 * @param {AbortSignal} [signal]
 * @returns {Promise<number | null>} up to which byte the server has the file; null: try again
 */
async function send(piece, url, means, signal) {
  /** @type {Response} */
  let response;
  try {
    response = await means.fetch(url, {
      method: "POST",
      body: piece,
      headers: {
        Accept: "application/json",
        "Content-Type": "application/octet-stream",
        "X-CSRFToken": means.token(),
      },
      ...(signal ? { signal } : {}),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    return null;
  }
  if (response.status === 429 || response.status >= 500) return null;
  const told = await wordsOf(response);
  if (!response.ok || typeof told.received !== "number") throw new Refused(told.message);
  return told.received;
}

/**
 * What a server, or something on the way to it, has answered.
 * @param {Response} response
 * @returns {Promise<{ message: string, received?: number, fields?: Record<string, string[]> } & Record<string, unknown>>}
 */
export async function wordsOf(response) {
  try {
    const told = await response.json();
    return { message: "The server did not take it.", ...told };
  } catch {
    return { message: `The server, or something on the way to it, refused this (${response.status}).` };
  }
}

/** @type {Means} */
export const BROWSER = {
  fetch: (...asked) => fetch(...asked),
  wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  random: Math.random,
  token: () => "",
};
