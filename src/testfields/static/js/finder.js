// The public map: what is picked on it opens its card without leaving the page, the place that is in sight stands in the
// address, and on a phone one sees the list or the map.
const finder = /** @type {HTMLElement} */ (document.querySelector("[data-finder]"));
const chart = /** @type {MapSection} */ (finder.querySelector(".map"));
const turn = /** @type {HTMLButtonElement} */ (finder.querySelector("[data-switch]"));
const near = /** @type {HTMLButtonElement} */ (document.querySelector("[data-near]"));
const narrow = window.matchMedia("(width < 60rem)");

/** @param {boolean} toMap */
function look(toMap) {
  const hidden = !chart.offsetWidth;
  finder.classList.toggle("is-map", toMap);
  // A map without a size knows no view.
  if (toMap && hidden) chart.map.fit();
}

/**
 * Shows the list and the card of another address of this page.
 * @param {URL} address
 * @param {boolean} remember
 */
async function show(address, remember) {
  const answer = await fetch(address, { headers: { Accept: "text/html" } });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const side = page.getElementById("finder-side");
  if (!answer.ok || !side) {
    location.assign(address);
    return;
  }
  document.getElementById("finder-side").replaceWith(side);
  address.hash = location.hash;
  if (remember) history.pushState({}, "", address);
  /** @type {HTMLElement | null} */ (side.querySelector("[data-card]"))?.focus({ preventScroll: narrow.matches });
}

/** @param {string} id */
function choose(id) {
  const [kind, rest] = [id.slice(0, id.indexOf("-")), id.slice(id.indexOf("-") + 1)];
  const address = new URL(location.href);
  for (const name of ["site", "trial", "after"]) address.searchParams.delete(name);
  address.searchParams.set(kind, rest);
  return show(address, true);
}

document.addEventListener("map:pick", (event) => {
  event.preventDefault();
  choose(event.detail.id);
});
finder.addEventListener("click", (event) => {
  const link = /** @type {HTMLAnchorElement | null} */ (/** @type {Element} */ (event.target).closest("a[data-swap]"));
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  show(new URL(link.href), true);
});
window.addEventListener("popstate", () => show(new URL(location.href), false));

// The place in sight, as `#map=zoom/latitude/longitude`; the server never learns it. Filters keep it.
function rememberPlace() {
  const { lat, lng } = chart.map.leaflet.getCenter();
  const place = `#map=${chart.map.leaflet.getZoom()}/${lat.toFixed(5)}/${lng.toFixed(5)}`;
  history.replaceState(history.state, "", place);
  for (const link of /** @type {NodeListOf<HTMLAnchorElement>} */ (
    document.querySelectorAll("[data-filters] a, .pages a")
  )) {
    link.hash = place;
  }
}

// A form's own address keeps no place; and what was not chosen need not stand in it.
document.querySelector("[data-filters] form").addEventListener("submit", (event) => {
  event.preventDefault();
  const form = /** @type {HTMLFormElement} */ (event.target);
  const address = new URL(form.action);
  for (const [name, value] of new FormData(form)) if (value) address.searchParams.set(name, String(value));
  address.hash = location.hash;
  location.assign(address);
});

const [, zoom, lat, lng] = location.hash.match(/^#map=(\d+)\/(-?[\d.]+)\/(-?[\d.]+)$/) ?? [];
chart.map.ready.then(() => {
  if (zoom) chart.map.leaflet.setView([Number(lat), Number(lng)], Number(zoom), { animate: false });
  chart.map.leaflet.on("moveend", rememberPlace);
});

turn.hidden = false;
finder.classList.add("is-switched");
turn.addEventListener("click", () => look(!finder.classList.contains("is-map")));
near.hidden = false;
near.addEventListener("click", () => {
  if (narrow.matches) look(true);
  chart.map.leaflet.locate({ setView: true, maxZoom: 14 });
});
