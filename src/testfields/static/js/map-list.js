// The list beside the map: rows with data-feature="ID" light their shapes, and shapes light their rows.
const rowsOf = (id) => document.querySelectorAll(`[data-feature="${CSS.escape(id)}"]`);

function light(section, id, lit) {
  for (const row of rowsOf(id)) row.classList.toggle("is-lit", lit);
  for (const shape of section.map.shapes(id)) {
    shape.getElement()?.classList.toggle("is-lit", lit);
    if (lit && shape.getElement()) shape.bringToFront();
  }
}

/** A shape that is picked leads to its row in the list, unless the page has its own use for picking. */
function goToRow(id) {
  const row = rowsOf(id)[0];
  if (!row) return;
  row.closest("details")?.setAttribute("open", "");
  row.scrollIntoView({ block: "center" });
  const target = row.querySelector("a, button, input") ?? row;
  if (target === row) row.tabIndex = -1;
  target.focus({ preventScroll: true });
}

/** Wires rows and shapes both ways, for the pointer and for the keyboard. */
export function tieToList(section) {
  for (const [event, lit] of [["pointerover", true], ["pointerout", false], ["focusin", true], ["focusout", false]]) {
    document.addEventListener(event, ({ target }) => {
      const row = target.closest("[data-feature]");
      if (row) light(section, row.dataset.feature, lit);
    });
  }
  section.addEventListener("map:over", ({ detail }) => light(section, detail.id, true));
  section.addEventListener("map:out", ({ detail }) => light(section, detail.id, false));
  document.addEventListener("map:pick", (event) => {
    if (!event.defaultPrevented && event.target === section) goToRow(event.detail.id);
  });
}
