// Tables whose rows open: by a click anywhere, and by j, k and Enter where the table has data-keys.
import { isTyping, singleKeysOn } from "./keys.js";

/**
 * @param {Element} row
 * @returns {HTMLAnchorElement}
 */
const linkOf = (row) => row.querySelector("a[href]");

/** A click on a row opens its first link; clicks on controls and selected text stay what they are. */
export function openRowOnClick() {
  document.addEventListener("click", (event) => {
    const target = /** @type {Element} */ (event.target);
    const row = target.closest("tr[data-row]");
    if (!row || target.closest("a, button, input, label, select, summary")) return;
    if (String(document.getSelection())) return;
    if (event.ctrlKey || event.metaKey) window.open(linkOf(row).href, "_blank", "noopener");
    else linkOf(row).click();
  });
}

/** j and k move the focus from row link to row link; Enter then opens it, as links do. */
export function moveThroughRows() {
  document.addEventListener("keydown", (event) => {
    const step = { j: 1, k: -1 }[event.key];
    if (!step || isTyping(event) || !singleKeysOn() || document.querySelector("dialog[open]")) return;
    const links = [...document.querySelectorAll("table[data-keys] tr[data-row]")].map(linkOf);
    if (!links.length) return;
    const here = links.findIndex((link) => link.closest("tr").contains(document.activeElement));
    const next = here < 0 ? 0 : Math.min(links.length - 1, Math.max(0, here + step));
    event.preventDefault();
    links[next].focus();
    links[next].closest("tr").scrollIntoView({ block: "nearest" });
  });
}
