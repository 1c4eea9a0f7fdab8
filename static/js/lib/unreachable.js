/**
 * The end of a switch over a closed union: a case forgotten above is a type error here.
 * @param {never} value
 * @returns {never}
 */
export function unreachable(value) {
  throw new Error(`no case for ${JSON.stringify(value)}`);
}
