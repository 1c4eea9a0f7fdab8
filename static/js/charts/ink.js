/** The colours and the type of a chart, from the design's tokens: a canvas knows no stylesheet. */

/**
 * @typedef {ReturnType<typeof inkOf>} Ink
 */

/** @param {Element} element of whose style the chart is */
export function inkOf(element) {
  const style = getComputedStyle(element);
  const token = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
  const size = Number.parseFloat(style.fontSize);
  return {
    size,
    family: style.fontFamily,
    font: `${size}px ${style.fontFamily}`,
    text: token("--ink-soft"),
    grid: token("--line"),
    edge: token("--line-strong"),
    pace: token("--accent"),
    band: token("--accent-soft"),
    pitch: token("--info"),
    energy: token("--ok"),
    filler: token("--danger"),
    pause: token("--warn-soft"),
    forming: token("--line-strong"),
  };
}
