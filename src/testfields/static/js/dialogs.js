// Dialogs: a button with data-dialog="id" opens one; "?" opens the help on shortcuts.
import { isTyping, setSingleKeys, singleKeysOn } from "./keys.js";

const helpId = "keys";

/** @param {string} id */
function open(id) {
  const dialog = /** @type {HTMLDialogElement} */ (document.getElementById(id));
  if (!dialog.open) dialog.showModal();
}

/** Shows the buttons that need script, and wires them, the help key and its switch. */
export function openDialogs() {
  /** @type {NodeListOf<HTMLButtonElement>} */
  const buttons = document.querySelectorAll("button[data-dialog][hidden]");
  for (const button of buttons) button.hidden = false;
  document.addEventListener("click", (event) => {
    const button = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("[data-dialog]"));
    if (button) open(button.dataset.dialog);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "?" && !isTyping(event) && singleKeysOn()) open(helpId);
  });
  const single = /** @type {HTMLInputElement} */ (document.querySelector("[data-single-keys]"));
  single.checked = singleKeysOn();
  single.addEventListener("change", () => setSingleKeys(single.checked));
}
