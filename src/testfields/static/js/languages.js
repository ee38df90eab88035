// The switch of the language keeps what was typed: this tab remembers it until the page has come in the other language.
// No text goes into an address, and neither passwords nor marks of the portal are kept.
import { forget } from "./dirty.js";

const KEY = "typed";
const LEFT_OUT = new Set(["password", "hidden", "file", "submit", "button", "reset"]);
/** @type {HTMLFormElement | null} */
let touched = null;

/** @typedef {HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement} Control */

/**
 * What can be typed into or chosen in a form.
 * @param {HTMLFormElement} form
 */
const controls = (form) =>
  /** @type {Control[]} */ ([...form.elements]).filter((one) => one.name && !LEFT_OUT.has(one.type));

/** @param {Control} one */
const ticks = (one) => one.type === "checkbox" || one.type === "radio";

/** @param {HTMLFormElement} form */
const addressOf = (form) => new URL(form.action).pathname;

/** @param {HTMLFormElement} form */
function keep(form) {
  const typed = controls(form).map((one) => [
    one.name,
    ticks(one) ? one.value : "",
    ticks(one) ? /** @type {HTMLInputElement} */ (one).checked : one.value,
  ]);
  sessionStorage.setItem(KEY, JSON.stringify({ address: addressOf(form), typed }));
}

/** What was typed, in the first form that is sent to the same address. */
function putBack() {
  const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
  sessionStorage.removeItem(KEY);
  const forms = /** @type {HTMLFormElement[]} */ ([...document.querySelectorAll("main form")]);
  const form = kept && forms.find((one) => addressOf(one) === kept.address);
  if (!form) return;
  const left = controls(form);
  for (const [name, value, typed] of kept.typed) {
    const place = left.findIndex((one) => one.name === name && (!ticks(one) || one.value === value));
    if (place < 0) continue;
    const [one] = left.splice(place, 1);
    if (ticks(one)) /** @type {HTMLInputElement} */ (one).checked = typed;
    else one.value = typed;
  }
  // Heard by those who come later, too.
  window.addEventListener("load", () => form.dispatchEvent(new Event("input", { bubbles: true })));
}

/** Keeps the form that was typed into last, and puts it back where one was kept. */
export function keepFormsOverLanguages() {
  document.addEventListener("input", (event) => {
    touched = /** @type {Element} */ (event.target).closest("main form") ?? touched;
  });
  document.querySelector(".languages").addEventListener("click", (event) => {
    const link = /** @type {HTMLAnchorElement | null} */ (/** @type {Element} */ (event.target).closest("a"));
    if (!link || !touched?.isConnected) return;
    forget(touched);
    const looks = /** @type {HTMLButtonElement | null} */ (touched.querySelector("button[name=do][value=check]"));
    if (!looks) {
      keep(touched);
      return;
    }
    // A form that can be looked at comes back from the portal as it is, with all its rows.
    event.preventDefault();
    looks.formAction = `${addressOf(touched)}?lang=${link.lang}`;
    touched.requestSubmit(looks);
  });
  putBack();
}
