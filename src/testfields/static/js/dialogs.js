// Dialogs: a button with data-dialog="id" opens one; "?" opens the help on shortcuts.
import { isTyping, setSingleKeys, singleKeysOn } from "./keys.js";

const helpId = "keys";

function open(id) {
  const dialog = document.getElementById(id);
  if (!dialog.open) dialog.showModal();
}

/** Shows the buttons that need script, and wires them, the help key and its switch. */
export function openDialogs() {
  document.querySelectorAll("button[data-dialog][hidden]").forEach((button) => {
    button.hidden = false;
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-dialog]");
    if (button) open(button.dataset.dialog);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "?" && !isTyping(event) && singleKeysOn()) open(helpId);
  });
  const single = document.querySelector("[data-single-keys]");
  single.checked = singleKeysOn();
  single.addEventListener("change", () => setSingleKeys(single.checked));
}
