// One source of GeoJSON as shapes on the map. Whatever people have typed is shown as text, never as markup.
const dotBelowPixels = 44;
const dotRadius = 8;

/** @param {InBoth | undefined} text */
const inLanguage = (text) => text?.[document.documentElement.lang];

/**
 * @param {string} tag
 * @param {string} text
 */
function textLine(tag, text) {
  const line = document.createElement(tag);
  line.textContent = text;
  return line;
}

/**
 * A tooltip's content: the feature's name and, below it, its note.
 * @param {Feature} feature
 */
function words({ properties }) {
  const box = document.createElement("div");
  box.className = "map-words";
  box.append(textLine("strong", inLanguage(properties.name)));
  const note = inLanguage(properties.note);
  if (note) box.append(textLine("span", note));
  return box;
}

/**
 * @param {Source} source
 * @param {Feature} feature
 */
function pathStyle(source, { properties }) {
  return { className: `shape shape--${properties.class ?? source.class}${properties.on ? " is-on" : ""}` };
}

/**
 * True where the feature has no period, or one of its periods holds the moment.
 * @param {Feature} feature
 * @param {number | null} moment in milliseconds
 */
function isThere({ properties }, moment) {
  const periods = [properties.periods ?? properties.period ?? []].flat();
  return (
    !moment ||
    !periods.length ||
    periods.some(({ start, end }) => Date.parse(start) <= moment && moment < Date.parse(end))
  );
}

/**
 * A name written on a shape, or beside its dot, for good; map-names.js finds it a place.
 * @param {Shape} layer
 */
function nameTag(layer) {
  const tag = L.tooltip({ permanent: true, className: "map-name", opacity: 1 });
  return tag
    .setContent(textLine("span", inLanguage(layer.feature.properties.name)))
    .setLatLng(layer.getBounds().getCenter());
}

/**
 * A dot in the middle of a shape, to stand for it where it is too small to be seen.
 * @param {Shape} layer
 * @param {L.PathOptions} style
 * @returns {Shape}
 */
function dotOf(layer, style) {
  const dot = L.circleMarker(layer.getBounds().getCenter(), { ...style, radius: dotRadius });
  dot.options.className += " shape-dot";
  return Object.assign(/** @type {any} */ (dot), { feature: layer.feature });
}

/**
 * @param {L.Map} leaflet
 * @param {Shape} layer
 */
function isTiny(leaflet, layer) {
  const bounds = layer.getBounds();
  const size = leaflet
    .latLngToLayerPoint(bounds.getSouthEast())
    .subtract(leaflet.latLngToLayerPoint(bounds.getNorthWest()));
  return Math.max(size.x, size.y) < dotBelowPixels;
}

/**
 * @param {L.Map} leaflet
 * @param {Shape} layer
 * @param {string} name
 * @param {string} id
 */
function tell(leaflet, layer, name, id) {
  const section = leaflet.getContainer().closest(".map");
  section.dispatchEvent(
    new CustomEvent(name, { bubbles: true, cancelable: true, detail: { id, feature: layer.feature } }),
  );
}

/**
 * Lays a source's features on the map.
 * @param {L.Map} leaflet
 * @param {Source} source
 * @param {GeoJSON.GeoJsonObject} data
 * @returns {Layer}
 */
export function layShapes(leaflet, source, data) {
  const group = L.featureGroup().addTo(leaflet);
  /** @type {Map<string, Shape[]>} */
  const byId = new Map();
  /** @type {Shape[]} */
  const shapes = [];
  /** @type {[Shape, Shape][]} */
  const pairs = [];
  /** @type {[Shape, L.Tooltip][]} */
  const tags = [];

  /** @param {Shape} layer */
  function wire(layer) {
    const id = `${source.prefix ?? ""}${layer.feature.id}`;
    byId.set(id, [...(byId.get(id) ?? []), layer]);
    layer.bindTooltip(() => words(layer.feature), { sticky: true, direction: "top", opacity: 1 });
    layer.on("mouseover", () => tell(leaflet, layer, "map:over", id));
    layer.on("mouseout", () => tell(leaflet, layer, "map:out", id));
    layer.on("click", () => tell(leaflet, layer, "map:pick", id));
    return layer;
  }

  L.geoJSON(data, {
    style: (feature) => pathStyle(source, /** @type {any} */ (feature)),
    onEachFeature: (/** @type {any} */ feature, /** @type {any} */ layer) => {
      group.addLayer(wire(layer));
      shapes.push(layer);
      if (source.dots) pairs.push([layer, wire(dotOf(layer, pathStyle(source, feature)))]);
      if (source.names) tags.push([layer, nameTag(layer).addTo(leaflet)]);
    },
  });

  function arrange() {
    for (const [layer, dot] of pairs) {
      if (isTiny(leaflet, layer)) group.addLayer(dot);
      else group.removeLayer(dot);
    }
    for (const layer of shapes) layer.getElement().classList.toggle("is-tiny", isTiny(leaflet, layer));
  }
  leaflet.on("zoomend", arrange);
  arrange();

  return {
    shapes: (id) => byId.get(id) ?? [],
    getBounds: () => group.getBounds(),
    /** Names to be placed: the tag, and whether it stands for a dot. */
    names: () => tags.map(([layer, tag]) => ({ tag, besideDot: Boolean(source.dots) && isTiny(leaflet, layer) })),
    setMoment(iso) {
      const moment = iso && Date.parse(iso);
      for (const layer of [...byId.values()].flat()) {
        layer.getElement()?.classList.toggle("is-dim", !isThere(layer.feature, moment));
      }
    },
    clear() {
      leaflet.off("zoomend", arrange);
      for (const [, tag] of tags) tag.remove();
      group.remove();
    },
  };
}
