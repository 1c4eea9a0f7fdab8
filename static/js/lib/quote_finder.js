/**
 * Finds a quote in a transcript by the rule of evidence: Unicode NFKC, case folded, punctuation
 * dropped, spaces collapsed, whole and contiguous. It may run over the end of a segment.
 *
 * @typedef {{text: string, startTime: number}} Passage
 * @typedef {{passage: number, start: number, end: number}} Range offsets in the passage's text
 */

/** @param {string} word */
function normalise(word) {
  return word.normalize("NFKC").toLowerCase().replace(/[^\p{L}\p{M}\p{N}]+/gu, "");
}

/**
 * @param {string} text
 * @returns {{token: string, start: number, end: number}[]}
 */
function tokens(text) {
  return Array.from(text.matchAll(/\S+/gu), (match) => ({
    token: normalise(match[0]),
    start: match.index,
    end: match.index + match[0].length,
  })).filter(({ token }) => token !== "");
}

/**
 * @param {readonly Passage[]} passages
 * @param {string} quote
 * @param {number} timestamp seconds; of several occurrences the nearest is taken
 * @returns {Range[]} one per passage the quote runs through; empty if it is not there
 */
export function findQuote(passages, quote, timestamp) {
  const wanted = tokens(quote).map(({ token }) => token);
  const spoken = passages.flatMap(({ text }, passage) =>
    tokens(text).map((place) => ({ ...place, passage })),
  );
  if (wanted.length === 0) return [];
  let best = -1;
  let bestDistance = Infinity;
  for (let first = 0; first + wanted.length <= spoken.length; first += 1) {
    if (!wanted.every((token, offset) => spoken[first + offset]?.token === token)) continue;
    const passage = spoken[first]?.passage ?? 0;
    const distance = distanceTo(passages, passage, timestamp);
    if (distance < bestDistance) {
      best = first;
      bestDistance = distance;
    }
  }
  if (best === -1) return [];
  /** @type {Range[]} */
  const ranges = [];
  for (const { passage, start, end } of spoken.slice(best, best + wanted.length)) {
    const last = ranges.at(-1);
    if (last && last.passage === passage) last.end = end;
    else ranges.push({ passage, start, end });
  }
  return ranges;
}

/**
 * @param {readonly Passage[]} passages
 * @param {number} index
 * @param {number} timestamp
 */
function distanceTo(passages, index, timestamp) {
  const start = passages[index]?.startTime ?? 0;
  const end = passages[index + 1]?.startTime ?? Infinity;
  if (timestamp < start) return start - timestamp;
  return timestamp < end ? 0 : timestamp - end;
}
