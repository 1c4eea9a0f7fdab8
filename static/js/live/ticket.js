import { csrfToken } from "../lib/csrf.js";
import { TicketError } from "./socket.js";

/**
 * A single-use token for one socket.
 * @param {string} url
 * @param {{purpose: "session", club: string, speech: string}|{purpose: "realtime", club: string}} request
 * @param {AbortSignal} signal
 * @returns {Promise<string>}
 * @throws {TicketError} when the server says no
 */
export async function voiceTicket(url, request, signal) {
  const answer = await fetch(url, {
    method: "POST",
    credentials: "same-origin",
    headers: {
      "Content-Type": "application/json",
      "X-CSRFToken": csrfToken(document.cookie),
    },
    body: JSON.stringify(request),
    signal,
  });
  if (!answer.ok) throw new TicketError(answer.status);
  return String((await answer.json()).token);
}
