// The form of an application, quicker for those who have scripts: times, places and shapes are exchanged in place.
const form = /** @type {HTMLFormElement} */ (document.getElementById("apply"));
const verdict = document.getElementById("verdict");
const place = document.getElementById("place");
const times = document.getElementById("times");
const coordinates = document.getElementById("coordinates");
const saved = document.getElementById("saved");
const section = /** @type {MapSection} */ (document.getElementById("map"));

const recheck = () => form.dispatchEvent(new CustomEvent("recheck"));
/** @param {HTMLElement} field */
const changed = (field) => {
  for (const name of ["input", "change"]) field.dispatchEvent(new Event(name, { bubbles: true }));
};

/**
 * A free time that is offered goes into the rows of the times that count, in their order.
 * @param {string} value "take START END …"
 */
function takeTimes(value) {
  const offered = value.split(" ").slice(1);
  /** @type {NodeListOf<HTMLInputElement>} */
  const found = times.querySelectorAll("input[type=datetime-local]");
  const fields = [...found];
  const pairs = fields.filter((_, place) => place % 2 === 0).map((start, row) => [start, fields[2 * row + 1]]);
  const counted = pairs.filter((pair) => pair.some((field) => field.value));
  for (const [row, [start, end]] of counted.entries()) {
    start.value = offered[2 * row];
    end.value = offered[2 * row + 1];
  }
  changed(counted[0][0]);
  counted[0][0].focus();
}

form.addEventListener("click", (event) => {
  const free = /** @type {HTMLButtonElement | null} */ (/** @type {Element} */ (event.target).closest("[data-take]"));
  if (!free) return;
  event.preventDefault();
  takeTimes(free.value);
});

// What was wrong with a field when the page was made is no longer known once it changes; the panel tells it anew.
form.addEventListener("input", (event) => {
  const field = /** @type {Element} */ (event.target).closest(".field--error");
  if (!field) return;
  field.classList.remove("field--error");
  for (const invalid of field.querySelectorAll("[aria-invalid]")) invalid.removeAttribute("aria-invalid");
  for (const told of field.querySelectorAll(".field__error:not([role])")) told.remove();
});

// Enter in a field of a search presses its button.
form.addEventListener("keydown", (event) => {
  const field = /** @type {HTMLElement} */ (event.target);
  if (event.key !== "Enter" || !field.dataset.enter || event.isComposing) return;
  event.preventDefault();
  document.getElementById(field.dataset.enter).click();
});

// Enter in a field looks; only the buttons file. A second press while the first is under way is not a second filing.
let filing = false;
form.addEventListener("submit", (event) => {
  const submitter = /** @type {HTMLButtonElement | null} */ (event.submitter);
  if (submitter?.value === "check" && !submitter.hasAttribute("formaction")) {
    event.preventDefault();
    recheck();
  } else if (filing) {
    event.preventDefault();
  } else if (saved?.classList.contains("htmx-request")) {
    // Wait until the draft has its number, so that it is this draft that is filed.
    event.preventDefault();
    // The event comes before htmx takes its mark away.
    const file = () => queueMicrotask(() => form.requestSubmit(submitter));
    saved.addEventListener("htmx:finally:request", file, { once: true });
  } else {
    filing = true;
  }
});
// What is being filed is neither looked at nor saved beside it: a draft saved now would be newer than what is filed.
form.addEventListener("htmx:before:request", (event) => {
  if (filing) event.preventDefault();
});
// What was refused for its old token alone is looked at and saved again.
document.addEventListener("renewed", () => form.dispatchEvent(new Event("input")));
window.addEventListener("pageshow", () => {
  filing = false;
});

// --- The map

/** The areas on which the map was laid last. */
let inView = "";

/** @param {Shape[]} shapes */
function fitTo(shapes) {
  const bounds = L.latLngBounds([]);
  for (const shape of shapes) bounds.extend(shape.getBounds());
  if (bounds.isValid()) section.map.leaflet.fitBounds(bounds, { padding: [36, 36], maxZoom: 18 });
}

/** The areas of the site that is chosen, the chosen ones drawn stronger; what is chosen last is in sight. */
async function showPlace() {
  const { sources, areas, chosen } = /** @type {HTMLElement} */ (place.querySelector("#sources")).dataset;
  if (sources !== section.dataset.sources) {
    section.dataset.sources = sources;
    await section.map.setSources(JSON.parse(sources));
  }
  const ids = chosen ? [chosen] : areas.split(" ").filter(Boolean);
  if (ids.join() !== inView) fitTo(ids.flatMap((id) => section.map.shapes(`area-${id}`)));
  inView = ids.join();
  showChosen();
}

function showChosen() {
  const { areas, chosen, others } = /** @type {HTMLElement} */ (place.querySelector("#sources")).dataset;
  const ticked = new Set(
    [.../** @type {NodeListOf<HTMLInputElement>} */ (place.querySelectorAll("[name=more]:checked"))].map(
      (one) => one.value,
    ),
  );
  const also = JSON.parse(others).filter((/** @type {{value: string}} */ one) => ticked.has(one.value));
  const on = new Set([chosen, ...also.map((/** @type {{id: number}} */ one) => String(one.id))]);
  for (const id of areas.split(" ").filter(Boolean)) {
    for (const shape of section.map.shapes(`area-${id}`)) shape.getElement()?.classList.toggle("is-on", on.has(id));
  }
}
place.addEventListener("change", showChosen);

/** A shape that is picked is chosen: a test field while none is, then one of its areas. */
section.addEventListener("map:pick", (event) => {
  const site = /** @type {HTMLSelectElement | null} */ (place.querySelector("#f-site"));
  const field = /** @type {HTMLSelectElement | null} */ (site?.value ? place.querySelector("#f-area") : site);
  const { slug } = event.detail.feature.properties;
  if (!field || ![...field.options].some((option) => option.value === slug)) return;
  event.preventDefault();
  field.value = slug;
  changed(field);
});

/** What is taken then, drawn, each shape tied to its line in the panel; nothing once nothing is. */
function showTaken() {
  const { told } = /** @type {HTMLElement} */ (verdict.querySelector("[data-told]")).dataset;
  section.map.setTold(JSON.parse(told));
}

/** What typed coordinates have made is drawn as if by hand. */
function drawTyped() {
  const { shape } = /** @type {HTMLElement} */ (coordinates.querySelector("[data-shape]")).dataset;
  const field = /** @type {HTMLTextAreaElement} */ (form.querySelector("[data-draw-field]"));
  if (!shape) return;
  field.value = shape;
  field.dispatchEvent(new CustomEvent("given"));
}

document.addEventListener("htmx:after:swap", (event) => {
  const target = event.detail.ctx.target;
  if (target === verdict) showTaken();
  if (target === place) showPlace();
  if (target === coordinates) drawTyped();
  if (target === place || target === times) recheck();
});
section.map.ready.then(showPlace).then(showTaken);
