// The detailed map: the administrator's file of vector tiles, painted on canvas. Loaded only where there is one.
import { paintRules } from "./tile-style.js";

/**
 * A text as markup that shows it as it is.
 * @param {string} text
 */
function asText(text) {
  const box = document.createElement("span");
  box.textContent = text;
  return box.innerHTML;
}

// From this level on every schema says of sea and land which is which.
const tilesFrom = 9;

const section = /** @type {MapSection} */ (document.querySelector(".map[data-tiles]"));
/** @type {Tiles} */
const { address, schema, credit, deepest, bounds } = JSON.parse(section.dataset.tiles);
const [west, south, east, north] = bounds;
const tiles = protomapsL.leafletLayer({
  url: address,
  attribution: asText(credit),
  bounds: [
    [south, west],
    [north, east],
  ],
  lang: document.documentElement.lang,
  maxDataZoom: deepest,
  minZoom: tilesFrom,
  ...paintRules(schema),
});
window.feature_group_detailed.addLayer(/** @type {any} */ (tiles));
