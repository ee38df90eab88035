// Single-letter shortcuts, which people can switch off (WCAG 2.1.4).
const setting = "single-keys";
const off = "off";

export const singleKeysOn = () => localStorage.getItem(setting) !== off;

/** @param {boolean} on */
export function setSingleKeys(on) {
  if (on) localStorage.removeItem(setting);
  else localStorage.setItem(setting, off);
}

/**
 * True where a letter is text, or belongs to the browser or the screen reader.
 * @param {KeyboardEvent} event
 */
export function isTyping(event) {
  const target = /** @type {Element} */ (event.target);
  const field = target.closest("input, textarea, select, [contenteditable], .leaflet-container");
  return Boolean(field) || event.ctrlKey || event.altKey || event.metaKey || event.isComposing;
}
