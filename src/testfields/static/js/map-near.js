// "Where am I": the nearest of the map's places and how far they are, the nearest first.
import { inLanguage } from "./map-shapes.js";

const nearestTold = 3;
const metresADegree = 111_320;

/**
 * Metres from the origin to the stretch between two points, all in metres.
 * @param {L.Point} a
 * @param {L.Point} b
 */
const toStretch = (a, b) => L.LineUtil.closestPointOnSegment(L.point(0, 0), a, b).distanceTo(L.point(0, 0));

/**
 * Metres to the shape's edge, 0 inside it; on the flat around `at`, good to a percent within a prefecture.
 * @param {L.LatLng} at
 * @param {Shape} shape
 */
function metresTo(at, shape) {
  const narrow = Math.cos((at.lat * Math.PI) / 180);
  let inside = false;
  let least = Number.POSITIVE_INFINITY;
  for (const ring of /** @type {any[]} */ (shape.getLatLngs()).flat(
    shape.feature.geometry.type === "MultiPolygon" ? 1 : 0,
  )) {
    const corners = ring.map((/** @type {L.LatLng} */ one) =>
      L.point((one.lng - at.lng) * narrow * metresADegree, (one.lat - at.lat) * metresADegree),
    );
    corners.forEach((/** @type {L.Point} */ corner, /** @type {number} */ place) => {
      const next = corners[(place + 1) % corners.length];
      least = Math.min(least, toStretch(corner, next));
      if (corner.y > 0 !== next.y > 0 && corner.x - (corner.y * (next.x - corner.x)) / (next.y - corner.y) > 0)
        inside = !inside;
    });
  }
  return inside ? 0 : least;
}

/** @param {number} metres */
function inWords(metres) {
  const far = metres >= 1000;
  return new Intl.NumberFormat(document.documentElement.lang, {
    style: "unit",
    unit: far ? "kilometer" : "meter",
    maximumFractionDigits: far && metres < 10_000 ? 1 : 0,
  }).format(far ? metres / 1000 : Math.round(metres / 10) * 10);
}

/**
 * @param {MapSection} section
 * @param {L.LatLng} at
 * @param {Shape[]} shapes
 * @param {(shape: Shape) => void} pick
 */
function tellNearest(section, at, shapes, pick) {
  const box = /** @type {HTMLElement} */ (section.querySelector(".map__near"));
  const near = shapes
    .map((shape) => ({ shape, metres: metresTo(at, shape) }))
    .sort((one, other) => one.metres - other.metres)
    .slice(0, nearestTold);
  box.querySelector("p").hidden = true;
  box.querySelector("ol").replaceChildren(
    ...near.map(({ shape, metres }) => {
      const button = document.createElement("button");
      button.type = "button";
      const name = document.createElement("span");
      name.textContent = inLanguage(shape.feature.properties.name);
      const far = document.createElement("span");
      far.className = "map__far";
      far.textContent = inWords(metres);
      button.append(name, far);
      button.addEventListener("click", () => {
        section.map.leaflet.fitBounds(shape.getBounds(), { padding: [36, 36], maxZoom: 17 });
        pick(shape);
      });
      const line = document.createElement("li");
      line.append(button);
      return line;
    }),
  );
  box.hidden = false;
}

/**
 * Listens to Leaflet's own finding of places; `shapes` are those of the map's first source.
 * @param {MapSection} section
 * @param {() => Promise<Shape[]>} shapes
 * @param {(shape: Shape) => void} pick
 */
export function tellWhatIsNear(section, shapes, pick) {
  const { leaflet } = section.map;
  const box = /** @type {HTMLElement} */ (section.querySelector(".map__near"));
  L.DomEvent.disableClickPropagation(box);
  leaflet.on("locationfound", async ({ latlng }) => tellNearest(section, latlng, await shapes(), pick));
  leaflet.on("locationerror", () => {
    box.querySelector("ol").replaceChildren();
    box.querySelector("p").hidden = false;
    box.hidden = false;
  });
  box.querySelector("[data-close]").addEventListener("click", () => {
    box.hidden = true;
  });
}
