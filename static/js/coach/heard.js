/**
 * Which words of a reply were heard. The text comes beside the sound and runs ahead of it; marks of
 * how far each had come place the words between them.
 *
 * @typedef {{characters: number, samples: number}} Mark so much text belongs to so much sound
 */

/**
 * @param {string} text of the reply as far as it is known
 * @param {readonly Mark[]} marks rising in both
 * @param {number} received samples that have come
 * @param {number} heard samples that were played
 * @returns {string} whole words
 */
export function wordsHeard(text, marks, received, heard) {
  if (heard <= 0) return "";
  if (heard >= received) return text;
  const all = [{ characters: 0, samples: 0 }, ...marks, { characters: text.length, samples: received }];
  const next = all.findIndex(({ samples }) => samples > heard);
  if (next < 1) return text;
  const before = /** @type {Mark} */ (all[next - 1]);
  const after = /** @type {Mark} */ (all[next]);
  const share = (heard - before.samples) / (after.samples - before.samples);
  return wholeWords(text, before.characters + share * (after.characters - before.characters));
}

/**
 * A word counts once more than half of it was heard.
 * @param {string} text
 * @param {number} characters
 */
function wholeWords(text, characters) {
  let end = 0;
  for (const { 0: word, index } of text.matchAll(/\S+/g)) {
    if (index + word.length / 2 > characters) break;
    end = index + word.length;
  }
  return text.slice(0, end);
}
