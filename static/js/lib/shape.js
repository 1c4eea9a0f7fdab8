/** Whether a value that came from elsewhere has the form it should have. */

/** @typedef {(value: unknown) => boolean} Check */

/** @type {Check} */
export const text = (value) => typeof value === "string";
/** @type {Check} */
export const number = (value) => typeof value === "number" && Number.isFinite(value);
/** @type {Check} */
export const flag = (value) => typeof value === "boolean";
/** @type {Check} */
export const anything = () => true;
/** @type {(check: Check) => Check} */
export const list = (check) => (value) => Array.isArray(value) && value.every(check);
/** @type {(check: Check) => Check} */
export const maybe = (check) => (value) => value === undefined || value === null || check(value);
/** @type {(...allowed: string[]) => Check} */
export const oneOf = (...allowed) => (value) => typeof value === "string" && allowed.includes(value);
/** @type {(value: unknown) => value is Record<string, unknown>} */
export const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
/** Fields beyond these are allowed: a newer server may send more. @type {(fields: Record<string, Check>) => Check} */
export const shape = (fields) => (value) =>
  isObject(value) && Object.entries(fields).every(([name, check]) => check(value[name]));
