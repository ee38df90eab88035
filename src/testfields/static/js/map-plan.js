// What the ground looks like, from plans of the sites: land, water, roads, buildings, and signs of points. Under all else.
const plansFrom = 14;
const order = [
  "land",
  "water",
  "paving",
  "trees",
  "pad",
  "road",
  "track",
  "building",
  "parking",
  "office",
  "toilet",
  "hangar",
  "fence",
  "danger",
];
const cased = ["road", "track"];
/** @param {L.Map} leaflet */
function pixelsPerMetre(leaflet) {
  const centre = leaflet.getCenter();
  const from = leaflet.latLngToLayerPoint(centre);
  return 1 / centre.distanceTo(leaflet.layerPointToLatLng(from.add([1, 0])));
}

/**
 * @param {MapSection} section
 * @param {Piece} piece
 */
function signOf(section, { properties }) {
  const box = document.createElement("div");
  const symbol = JSON.parse(section.dataset.signs)[properties.kind];
  if (symbol) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    use.setAttribute("href", `${section.dataset.sprite}#${symbol}`);
    svg.append(use);
    box.append(svg);
  }
  const name = document.createElement("span");
  name.textContent = properties.name[document.documentElement.lang] ?? "";
  box.append(name);
  return L.divIcon({ className: `plan-sign plan-sign--${properties.kind} base-place`, html: box });
}

/**
 * Lays the plans that are in sight from their zoom level on; the answer tells when they are there.
 * @param {MapSection} section
 * @param {(url: string) => Promise<any>} fetchJson
 */
export function plansOf(section, fetchJson) {
  const leaflet = section.map.leaflet;
  for (const [name, height] of Object.entries({ plan: "240", signs: "260" })) {
    leaflet.createPane(name).style.zIndex = height;
  }
  const group = L.featureGroup();
  /** @type {L.LatLngBounds | null} */
  let seen = null;
  const lowestFirst = (/** @type {Piece} */ a, /** @type {Piece} */ b) =>
    order.indexOf(a.properties.kind) - order.indexOf(b.properties.kind);

  /** @param {Piece} piece */
  function lay(piece) {
    const { kind, name } = piece.properties;
    const data = /** @type {any} */ (piece);
    const path = (/** @type {string} */ more) => ({
      pane: "plan",
      interactive: false,
      style: () => ({ className: `plan plan--${kind} ${more}` }),
    });
    if (piece.geometry.type === "Point") {
      L.geoJSON(data, { pointToLayer: (_feature, at) => sign(piece, at) }).addTo(group);
      return;
    }
    const isLine = piece.geometry.type === "LineString";
    const casing = isLine && cased.includes(kind);
    if (casing) L.geoJSON(data, path("plan--line plan-casing")).addTo(group);
    const shape = L.geoJSON(data, path(isLine ? "plan--line" : "")).addTo(group);
    if (!name.ja && !name.en) return;
    const points = isLine ? /** @type {GeoJSON.LineString} */ (piece.geometry).coordinates : null;
    const middle = points?.[Math.floor(points.length / 2)];
    group.addLayer(sign(piece, middle ? L.latLng(middle[1], middle[0]) : shape.getBounds().getCenter()));
  }

  /**
   * @param {Piece} piece
   * @param {L.LatLng} at
   */
  const sign = (piece, at) =>
    L.marker(at, {
      icon: signOf(section, piece),
      pane: "signs",
      interactive: false,
      keyboard: false,
    });

  /** @param {Piece[]} pieces */
  function tell(pieces) {
    const legend = /** @type {HTMLElement} */ (section.querySelector(".map__legend"));
    const kinds = new Set(pieces.map((piece) => piece.properties.kind));
    for (const row of /** @type {NodeListOf<HTMLElement>} */ (legend.querySelectorAll("[data-kind]"))) {
      row.hidden = !kinds.has(row.dataset.kind);
    }
    legend.hidden = !kinds.size;
  }

  return async () => {
    const close = leaflet.getZoom() >= plansFrom && leaflet.getSize().x > 0;
    leaflet.getPane("plan").style.setProperty("--metre", `${pixelsPerMetre(leaflet)}px`);
    section.dataset.near = String(leaflet.getZoom() >= plansFrom + 2);
    section.classList.toggle("has-tiles", Boolean(section.querySelector(".leaflet-tile-pane .leaflet-layer")));
    if (!close) {
      group.remove();
      return;
    }
    group.addTo(leaflet);
    if (seen?.contains(leaflet.getBounds())) return;
    const box = leaflet.getBounds().pad(1);
    seen = box;
    const { features } = await fetchJson(`/api/v1/plans.geojson?bbox=${box.toBBoxString()}`);
    if (seen !== box) return;
    group.clearLayers();
    for (const piece of features.sort(lowestFirst)) lay(piece);
    tell(features);
  };
}
