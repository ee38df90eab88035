// Fields with data-most: how many characters are left, once not many are. Seen at each key, read out when typing pauses.
const NEAR = 0.9;
const PAUSE = 1200;
/** @type {WeakMap<Element, { shown: HTMLElement, said: HTMLElement, timer: number }>} */
const counters = new WeakMap();

/** @param {HTMLTextAreaElement} field */
function counterOf(field) {
  const known = counters.get(field);
  if (known) return known;
  const shown = document.createElement("p");
  shown.className = "field__count";
  shown.setAttribute("aria-hidden", "true");
  const said = document.createElement("p");
  said.className = "visually-hidden";
  said.setAttribute("role", "status");
  field.after(shown, said);
  const made = { shown, said, timer: 0 };
  counters.set(field, made);
  return made;
}

/** @param {HTMLTextAreaElement} field */
function tell(field) {
  const most = Number(field.dataset.most);
  // As the portal counts: a character is one however it is coded.
  const length = [...field.value].length;
  const near = length > most * NEAR;
  if (!near && !counters.has(field)) return;
  const counter = counterOf(field);
  const text = (length > most ? field.dataset.over : field.dataset.left)
    .replace("{count}", String(Math.abs(most - length)))
    .replace("{most}", String(most));
  counter.shown.textContent = near ? text : "";
  counter.shown.classList.toggle("is-over", length > most);
  clearTimeout(counter.timer);
  counter.timer = window.setTimeout(() => {
    counter.said.textContent = near ? text : "";
  }, PAUSE);
}

/** Counts in every field that says how much it takes. */
export function countCharacters() {
  document.addEventListener("input", (event) => {
    const field = /** @type {Element} */ (event.target);
    if (field instanceof HTMLTextAreaElement && field.dataset.most) tell(field);
  });
}
