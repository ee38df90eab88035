// The offline base map: land, coast and the names of towns.
const namesFrom = [
  [11, 3],
  [10, 2],
  [0, 1],
];

/**
 * @param {{properties: Record<string, string>}} feature
 * @param {L.LatLng} at
 */
function placeName(feature, at) {
  const name = document.createElement("span");
  name.textContent = feature.properties[`name_${document.documentElement.lang}`];
  const icon = L.divIcon({ className: `base-place base-place--${feature.properties.rank}`, html: name });
  return L.marker(at, { icon, pane: "places", interactive: false, keyboard: false });
}

/**
 * Fills the shell's empty layers; smaller towns are named from a closer view on.
 * @param {MapSection} section
 * @param {L.FeatureGroup[]} groups
 * @param {GeoJSON.GeoJsonObject} data
 */
export function layBaseMap(section, groups, data) {
  const leaflet = section.map.leaflet;
  for (const [name, height] of Object.entries({ land: "150", places: "250" })) {
    leaflet.createPane(name).style.zIndex = height;
  }
  for (const group of groups) {
    L.geoJSON(data, {
      attribution: section.dataset.credit,
      interactive: false,
      pane: "land",
      style: () => ({ className: "base-land" }),
      pointToLayer: placeName,
    }).addTo(group);
  }
  const nameByZoom = () => {
    section.dataset.detail = String(namesFrom.find(([zoom]) => leaflet.getZoom() >= zoom)[1]);
  };
  leaflet.on("zoomend", nameByZoom);
  nameByZoom();
}
