// Forms with data-guard: leaving with unsaved entries asks first.
const dirty = new WeakSet();

/**
 * What was typed is kept elsewhere: leaving asks nothing.
 * @param {HTMLFormElement} form
 */
export const forget = (form) => dirty.delete(form);

/** A form is dirty from its first input until it is submitted or says "saved" (an event of that name, which HX-Trigger can send). */
export function guardDirtyForms() {
  /** @param {Event} event */
  const guarded = (event) => /** @type {Element} */ (event.target).closest("form[data-guard]");
  document.addEventListener("input", (event) => {
    const form = guarded(event);
    if (form) dirty.add(form);
  });
  for (const name of ["submit", "saved"]) {
    document.addEventListener(name, (event) => {
      const form = guarded(event);
      if (form) dirty.delete(form);
    });
  }
  window.addEventListener("beforeunload", (event) => {
    const unsaved = [...document.querySelectorAll("form[data-guard]")].some((form) => dirty.has(form));
    if (unsaved) event.preventDefault();
  });
}
