// What makes the pages quicker for those who have scripts; every page works without it.

import { countCharacters } from "./counters.js";
import { openDialogs } from "./dialogs.js";
import { guardDirtyForms } from "./dirty.js";
import { keepFormsOverLanguages } from "./languages.js";
import { moveThroughRows, openRowOnClick } from "./rows.js";

/**
 * Takes the focus to the newest message or error summary, so that it is read out and seen.
 * @param {ParentNode} root
 */
function focusMessage(root) {
  const message = /** @type {HTMLElement | null} */ (root.querySelector("[data-focus]"));
  message?.focus();
}

openRowOnClick();
moveThroughRows();
openDialogs();
guardDirtyForms();
countCharacters();
keepFormsOverLanguages();
focusMessage(document);
// What hindered a part of the page is over once another part has come.
document.addEventListener("htmx:after:request", (event) => {
  if (event.detail.ctx.response.status < 400) document.getElementById("problem").replaceChildren();
});
// A page that was opened before the present login goes on with the token of that login, which is told in its refusal.
document.addEventListener("htmx:after:request", (event) => {
  const token = event.detail.ctx.response.headers.get("Form-Token");
  if (!token) return;
  const fields = /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll("input[name=_csrf]"));
  for (const field of fields) field.value = token;
  document.body.setAttribute("hx-headers:inherited", JSON.stringify({ "X-CSRF-Token": token }));
  document.dispatchEvent(new CustomEvent("renewed"));
});
document.addEventListener("htmx:after:swap", (event) => focusMessage(/** @type {Element} */ (event.target)));
