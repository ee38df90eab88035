// The list beside the map: rows with data-feature="ID" light their shapes, and shapes light their rows; data-at="ID" names
// the shape of the place where it is, which is in sight when a row's own is too small.
/**
 * @param {string} id
 * @returns {NodeListOf<HTMLElement>}
 */
const rowsOf = (id) =>
  document.querySelectorAll(["feature", "at"].map((name) => `[data-${name}="${CSS.escape(id)}"]`).join());

/**
 * @param {MapSection} section
 * @param {string} id
 * @param {boolean} lit
 */
function light(section, id, lit) {
  for (const row of rowsOf(id)) {
    row.classList.toggle("is-lit", lit);
    // A line of a card: the card is what the shape belongs to.
    row.parentElement.closest("[data-feature]")?.classList.toggle("is-lit", lit);
  }
  lightShapes(section, id, lit);
}

/**
 * @param {MapSection} section
 * @param {string} id
 * @param {boolean} lit
 */
function lightShapes(section, id, lit) {
  for (const shape of section.map.shapes(id)) {
    // Nothing is brought to the front: an outer shape would bury the inner ones, and a node that is moved between
    // pressing and releasing the button takes the click with it.
    shape.getElement()?.classList.toggle("is-lit", lit);
  }
}

/**
 * A shape that is picked leads to its row in the list, unless the page has its own use for picking.
 * @param {string} id
 */
function goToRow(id) {
  const row = rowsOf(id)[0];
  if (!row) return;
  row.closest("details")?.setAttribute("open", "");
  row.scrollIntoView({ block: "center" });
  const target = /** @type {HTMLElement | null} */ (row.querySelector("a, button, input")) ?? row;
  if (target === row) row.tabIndex = -1;
  target.focus({ preventScroll: true });
}

/**
 * Wires rows and shapes both ways, for the pointer and for the keyboard.
 * @param {MapSection} section
 */
export function tieToList(section) {
  for (const [name, lit] of Object.entries({ pointerover: true, pointerout: false, focusin: true, focusout: false })) {
    document.addEventListener(name, (event) => {
      const row = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("[data-feature]"));
      for (const id of row ? [row.dataset.feature, row.dataset.at] : []) if (id) lightShapes(section, id, lit);
      row?.classList.toggle("is-lit", lit);
    });
  }
  section.addEventListener("map:over", ({ detail }) => light(section, detail.id, true));
  section.addEventListener("map:out", ({ detail }) => light(section, detail.id, false));
  document.addEventListener("map:pick", (event) => {
    if (!event.defaultPrevented && event.target === section) goToRow(event.detail.id);
  });
}
