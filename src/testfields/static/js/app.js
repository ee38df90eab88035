// What makes the pages quicker for those who have scripts; every page works without it.
import { openRowOnClick, moveThroughRows } from "./rows.js";
import { openDialogs } from "./dialogs.js";
import { guardDirtyForms } from "./dirty.js";

/** Takes the focus to the newest message or error summary, so that it is read out and seen. */
function focusMessage(root) {
  root.querySelector("[data-focus]")?.focus();
}

openRowOnClick();
moveThroughRows();
openDialogs();
guardDirtyForms();
focusMessage(document);
// What hindered a part of the page is over once another part has come.
document.addEventListener("htmx:after:request", (event) => {
  if (event.detail.ctx.response.status < 400) document.getElementById("problem").replaceChildren();
});
document.addEventListener("htmx:after:swap", (event) => focusMessage(event.target));
