// Facilities in the list beside the map: pressing one shows its place. Without the script the link leads to the map.
const mapSection = /** @type {MapSection} */ (document.querySelector(".map"));
/** @type {NodeListOf<HTMLAnchorElement>} */
const links = document.querySelectorAll("a[data-place]");
const closest = 17;
const aroundPx = 22;
/** @type {L.CircleMarker | null} */
let ring = null;

/** @param {HTMLAnchorElement} link */
function show(link) {
  const leaflet = mapSection.map.leaflet;
  const [lat, lon] = link.dataset.place.split(",").map(Number);
  ring?.remove();
  ring = L.circleMarker([lat, lon], { radius: aroundPx, className: "place-ring", interactive: false }).addTo(leaflet);
  leaflet.setView([lat, lon], Math.max(leaflet.getZoom(), closest), { animate: false });
  mapSection.scrollIntoView({ block: "nearest" });
  for (const one of links) one.removeAttribute("aria-current");
  link.setAttribute("aria-current", "true");
}

for (const link of links) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    mapSection.map.ready.then(() => show(link));
  });
}
