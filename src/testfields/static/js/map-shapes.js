// One source of GeoJSON as shapes on the map. Whatever people have typed is shown as text, never as markup.
import { answerKeys } from "./map-keys.js";

const dotBelowPixels = 44;
const dotRadius = 8;
const cellRadius = 14;
// Of a site no more trials are counted than these.
const mostCounted = 20;

/**
 * Whether it stands for several sites.
 * @param {Feature} feature
 */
const isCell = ({ properties }) => properties.sites?.length > 1;

/** @param {Feature} feature */
const counted = ({ properties: { count } }) => (count > mostCounted ? `${mostCounted}+` : String(count));

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
 * How many trials a cell has, in words of the page.
 * @param {Feature} feature
 */
const trialsIn = (feature) =>
  /** @type {HTMLElement} */ (document.querySelector(".map")).dataset.trials.replace("{count}", counted(feature));

/**
 * A tooltip's content: the feature's name and, below it, its note.
 * @param {Feature} feature
 */
function words(feature) {
  const { properties } = feature;
  const box = document.createElement("div");
  box.className = "map-words";
  box.append(textLine("strong", inLanguage(properties.name)));
  const note = isCell(feature) ? trialsIn(feature) : inLanguage(properties.note);
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
const spoken = (feature) =>
  [inLanguage(feature.properties.name), inLanguage(feature.properties.note), isCell(feature) && trialsIn(feature)]
    .filter(Boolean)
    .join(", ");

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
 * How many trials there are, written on the dot of a cell.
 * @param {Shape} layer
 */
const countTag = (layer) =>
  L.tooltip({
    permanent: true,
    direction: "center",
    className: `map-count${layer.feature.properties.on ? " is-on" : ""}`,
    opacity: 1,
  })
    .setContent(textLine("span", counted(layer.feature)))
    .setLatLng(layer.getBounds().getCenter());

/**
 * Comes closer, until what lies in a cell is to be told apart.
 * @param {L.Map} leaflet
 * @param {L.LatLngBounds} bounds
 */
function comeCloser(leaflet, bounds) {
  const zoom = Math.max(leaflet.getBoundsZoom(bounds, false, L.point(72, 72)), leaflet.getZoom() + 1);
  leaflet.setView(bounds.getCenter(), Math.min(zoom, 17));
}

/**
 * A dot in the middle of a shape, to stand for it where it is too small to be seen.
 * @param {Shape} layer
 * @param {L.PathOptions} style
 * @returns {Shape}
 */
function dotOf(layer, style) {
  const radius = isCell(layer.feature) ? cellRadius : dotRadius;
  const dot = L.circleMarker(layer.getBounds().getCenter(), { ...style, radius, pane: "dots" });
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
export function tell(leaflet, layer, name, id) {
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
  if (!leaflet.getPane("under")) leaflet.createPane("under").style.zIndex = "395";
  /** @type {Map<string, Shape[]>} */
  const byId = new Map();
  /** @type {Shape[]} */
  const shapes = [];
  /** @type {[Shape, Shape][]} */
  const pairs = [];
  /** @type {[Shape, L.Tooltip][]} */
  const tags = [];
  /** @type {L.Tooltip[]} */
  const counts = [];

  /**
   * @param {Shape} layer
   * @param {L.LatLngBounds} area
   */
  function wire(layer, area) {
    const id = `${source.prefix ?? ""}${layer.feature.id}`;
    for (const one of layer.feature.properties.sites ?? [layer.feature.id]) {
      const each = `${source.prefix ?? ""}${one}`;
      byId.set(each, [...(byId.get(each) ?? []), layer]);
    }
    layer.bindTooltip(() => words(layer.feature), { sticky: true, direction: "top", opacity: 1 });
    layer.on("mouseover", () => tell(leaflet, layer, "map:over", id));
    layer.on("mouseout", () => tell(leaflet, layer, "map:out", id));
    const pick = isCell(layer.feature) ? () => comeCloser(leaflet, area) : () => tell(leaflet, layer, "map:pick", id);
    layer.on("click", pick);
    // What has no name is the ground under the others, and nothing to pick.
    const name = spoken(layer.feature);
    if (name) answerKeys(layer, name, pick);
    return layer;
  }

  L.geoJSON(data, {
    pane: source.under ? "under" : "overlayPane",
    style: (feature) => pathStyle(source, /** @type {any} */ (feature)),
    onEachFeature: (_feature, /** @type {any} */ layer) => shapes.push(layer),
  });
  // The wide ones first: what lies inside another is on top of it, in sight and within reach.
  shapes.sort((one, other) => spread(other) - spread(one));
  for (const layer of shapes) {
    const dot = source.dots ? wire(dotOf(layer, pathStyle(source, layer.feature)), layer.getBounds()) : null;
    if (isCell(layer.feature)) {
      group.addLayer(dot);
      counts.push(countTag(layer).addTo(leaflet));
    } else {
      group.addLayer(wire(layer, layer.getBounds()));
      if (dot) pairs.push([layer, dot]);
    }
    if (source.names) tags.push([layer, nameTag(layer).addTo(leaflet)]);
  }

  function arrange() {
    for (const [layer, dot] of pairs) {
      if (isTiny(leaflet, layer)) group.addLayer(dot);
      else group.removeLayer(dot);
    }
    for (const layer of shapes) layer.getElement()?.classList.toggle("is-tiny", isTiny(leaflet, layer));
  }
  leaflet.on("zoomend", arrange);
  arrange();

  /** @param {Shape} layer */
  function dotFor(layer) {
    if (isCell(layer.feature)) return cellRadius + 4;
    return source.dots && isTiny(leaflet, layer) ? dotRadius + 2 : 0;
  }

  return {
    shapes: (id) => byId.get(id) ?? [],
    all: () => shapes,
    getBounds() {
      const asked = shapes.filter((one) => one.feature.properties.class === source.fit);
      const bounds = L.latLngBounds([]);
      for (const one of asked.length ? asked : shapes) bounds.extend(one.getBounds());
      // What is in question, with as much around it as it is wide itself.
      return source.fit ? bounds.pad(0.5) : bounds;
    },
    /** Names to be placed, each beside the dot that stands for its shape. */
    names: () => tags.map(([layer, tag]) => ({ tag, beside: dotFor(layer) })),
    setMoment(iso) {
      const moment = iso && Date.parse(iso);
      for (const layer of [...byId.values()].flat()) {
        layer.getElement()?.classList.toggle("is-dim", !isThere(layer.feature, moment));
      }
    },
    clear() {
      leaflet.off("zoomend", arrange);
      for (const tag of [...tags.map(([, one]) => one), ...counts]) tag.remove();
      group.remove();
    },
  };
}
