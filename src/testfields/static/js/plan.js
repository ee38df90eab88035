// The form of a piece of a plan: what is chosen can be drawn as some shapes and not as others.
const pieceForm = /** @type {HTMLFormElement} */ (document.querySelector("form[data-shapes]"));
/** @type {Record<string, string[]>} */
const shapesOf = JSON.parse(pieceForm.dataset.shapes);
const kind = /** @type {HTMLSelectElement} */ (pieceForm.elements.namedItem("kind"));
/** @type {NodeListOf<HTMLInputElement>} */
const shapes = pieceForm.querySelectorAll("input[name=shape]");

function offer() {
  const fitting = shapesOf[kind.value];
  for (const one of shapes) one.disabled = Boolean(fitting) && !fitting.includes(one.value);
  // Their tools go too (css/sites.css).
  const unfit = [...shapes].filter((one) => one.disabled).map((one) => one.value);
  pieceForm.dataset.unfit = unfit.join(" ");
  const chosen = [...shapes].find((one) => one.checked);
  if (!chosen?.disabled) return;
  const first = [...shapes].find((one) => !one.disabled);
  first.checked = true;
  first.dispatchEvent(new Event("change", { bubbles: true }));
}

kind.addEventListener("change", offer);
offer();
