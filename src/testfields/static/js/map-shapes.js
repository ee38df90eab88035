// One source of GeoJSON as shapes on the map. Whatever people have typed is shown as text, never as markup.
import { answerKeys } from "./map-keys.js";

const dotBelowPixels = 44;
const dotRadius = 8;

/** @param {InBoth | undefined} text */
export const inLanguage = (text) => text?.[document.documentElement.lang];

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
  const kind = source.kinds ? ` shape--${properties.use}` : "";
  return { className: `shape shape--${properties.class ?? source.class}${kind}${properties.on ? " is-on" : ""}` };
}

/**
 * What a shape is called by a screen reader: its name and its note.
 * @param {Feature} feature
 */
const spoken = ({ properties }) =>
  [inLanguage(properties.name), inLanguage(properties.note)].filter(Boolean).join(", ");

/** @param {Shape} layer */
function spread(layer) {
  const bounds = layer.getBounds();
  return (bounds.getNorth() - bounds.getSouth()) * (bounds.getEast() - bounds.getWest());
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
  const dot = L.circleMarker(layer.getBounds().getCenter(), { ...style, radius: dotRadius, pane: "dots" });
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
  if (!leaflet.getPane("dots")) leaflet.createPane("dots").style.zIndex = "450";
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
    const pick = () => tell(leaflet, layer, "map:pick", id);
    layer.on("click", pick);
    // What has no name is the ground under the others, and nothing to pick.
    const name = spoken(layer.feature);
    if (name) answerKeys(layer, name, pick);
    return layer;
  }

  L.geoJSON(data, {
    style: (feature) => pathStyle(source, /** @type {any} */ (feature)),
    onEachFeature: (_feature, /** @type {any} */ layer) => shapes.push(layer),
  });
  // The wide ones first: what lies inside another is on top of it, in sight and within reach.
  shapes.sort((one, other) => spread(other) - spread(one));
  for (const layer of shapes) {
    group.addLayer(wire(layer));
    if (source.dots) pairs.push([layer, wire(dotOf(layer, pathStyle(source, layer.feature)))]);
    if (source.names) tags.push([layer, nameTag(layer).addTo(leaflet)]);
  }

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
    all: () => shapes,
    getBounds() {
      const bounds = L.latLngBounds([]);
      for (const one of shapes) if (one.feature.properties.class === source.fit) bounds.extend(one.getBounds());
      // What is in question, with as much around it as it is wide itself.
      return source.fit && bounds.isValid() ? bounds.pad(0.5) : group.getBounds();
    },
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
