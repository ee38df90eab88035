// The page's map: takes the shell that folium made, lays the base map and the page's GeoJSON on it, and ties shapes to
// the list beside it. `section.map` is the handle for other scripts: {leaflet, ready, shapes, setMoment, reload, setSources, setTold}.
import { layBaseMap } from "./map-base.js";
import { keepFocus, tidyStops, walkByArrows } from "./map-keys.js";
import { tieToList } from "./map-list.js";
import { arrangeNames } from "./map-names.js";
import { tellWhatIsNear } from "./map-near.js";
import { plansOf } from "./map-plan.js";
import { layShapes, tell } from "./map-shapes.js";

/**
 * Fetches JSON of this portal; raises an Error that names the address when it is not answered.
 * @param {string} url
 */
async function fetchJson(url) {
  const answer = await fetch(url, { headers: { Accept: "application/geo+json, application/json" } });
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return answer.json();
}

/**
 * @param {string} url
 * @param {string} query
 */
const withQuery = (url, query) => `${url}${url.includes("?") ? "&" : "?"}${query}`;

/**
 * Says on the map itself that something is missing from it.
 * @param {MapSection} section
 */
function showFailure(section) {
  if (section.querySelector(".map__failure")) return;
  const text = document.createElement("p");
  text.className = "map__failure";
  text.setAttribute("role", "alert");
  text.textContent = section.dataset.failed;
  section.append(text);
}

/**
 * @param {L.Map} leaflet
 * @param {Layer[]} layers
 */
function fit(leaflet, layers) {
  const bounds = L.latLngBounds([]);
  for (const layer of layers) bounds.extend(layer.getBounds());
  if (bounds.isValid()) leaflet.fitBounds(bounds, { padding: [36, 36], maxZoom: 18, animate: false });
}

/**
 * What a map opens on: what its sources hold, but of those that say so nothing, or what is in question alone.
 * @param {Map<Source, Layer>} laid
 */
const inQuestion = (laid) => [...laid].filter(([source]) => source.fit !== false).map(([, layer]) => layer);

/**
 * Beyond 180° the same ground comes again, without what is laid on it: a map that is dragged there goes on where it is.
 * @param {L.Map} leaflet
 */
function stayAround(leaflet) {
  const middle = leaflet.getCenter();
  if (Math.abs(middle.lng) > 180) leaflet.setView(middle.wrap(), leaflet.getZoom(), { animate: false });
}

const nothing = /** @type {GeoJSON.FeatureCollection} */ ({ type: "FeatureCollection", features: [] });

/** @param {MapSection} section */
function attach(section) {
  const leaflet = window.map_shell;
  // First of those who hear it, so that the others ask and tell of the place as it is.
  leaflet.on("moveend", () => stayAround(leaflet));
  /** @type {Source[]} */
  let sources = JSON.parse(section.dataset.sources);
  /** @type {Map<Source, Layer>} */
  let laid = new Map();
  /** The part of the map for which a close source has been asked. @type {Map<Source, L.LatLngBounds>} */
  const seen = new Map();
  /** The zoom level for which a source that is counted by cell has been asked. @type {Map<Source, number>} */
  const levels = new Map();
  /** @type {Layer | null} */
  let told = null;
  const layers = () => [...laid.values(), ...(told ? [told] : [])];

  /** @param {Source} source */
  const level = (source) => Math.min(leaflet.getZoom(), source.cells);

  /**
   * Fetches a source, one that is counted by cell for the zoom level there is.
   * @param {Source} source
   */
  function fetchSource(source) {
    if (!source.cells) return fetchJson(source.url);
    levels.set(source, level(source));
    return fetchJson(withQuery(source.url, `zoom=${level(source)}`));
  }

  /** Lays the sources in their order, whichever of them is answered first. */
  async function layAll() {
    const asked = sources;
    const found = await Promise.all(asked.map((source) => (source.close ? null : fetchSource(source))));
    if (asked !== sources) return;
    for (const [place, source] of asked.entries()) {
      laid.get(source)?.clear();
      laid.set(source, layShapes(leaflet, source, found[place] ?? nothing));
    }
  }

  /** Lays what is in sight of the sources that are too many to be laid all at once, from their zoom level on. */
  async function layWhatIsClose() {
    // A hidden map shows nothing.
    if (!leaflet.getSize().x) return;
    for (const source of sources.filter((one) => one.close <= leaflet.getZoom())) {
      const box = leaflet.getBounds().pad(0.5);
      if (seen.get(source)?.contains(leaflet.getBounds())) continue;
      seen.set(source, box);
      const found = await fetchJson(withQuery(source.url, `bbox=${box.toBBoxString()}`));
      if (seen.get(source) !== box) continue;
      laid.get(source)?.clear();
      laid.set(source, layShapes(leaflet, source, found));
    }
  }

  /** Counts anew where the zoom level is another. What has the focus is another shape then, or none. */
  async function layCells() {
    for (const source of sources.filter((one) => one.cells && levels.get(one) !== level(one))) {
      if (!leaflet.getSize().x) return;
      const asked = level(source);
      const found = await fetchSource(source);
      if (levels.get(source) !== asked) continue;
      laid.get(source)?.clear();
      laid.set(source, layShapes(leaflet, source, found));
    }
  }

  function tidy() {
    arrangeNames(
      leaflet,
      layers().flatMap((layer) => layer.names()),
    );
    tidyStops(leaflet);
  }

  /** @param {Promise<unknown>} work */
  async function orSaySo(work) {
    try {
      await work;
    } catch (error) {
      showFailure(section);
      throw error;
    }
    tidy();
  }

  const reload = () => orSaySo(layAll());

  section.map = {
    leaflet,
    /** Resolves when the shapes are on the map and in view. */
    ready: reload().then(() => fit(leaflet, inQuestion(laid))),
    /** The shapes of a feature's id. */
    shapes: (id) => layers().flatMap((layer) => layer.shapes(id)),
    /** Dims what is not there at a moment (ISO 8601); null shows everything. */
    setMoment(iso) {
      for (const layer of layers()) layer.setMoment(iso);
    },
    /** Fetches every source again; the view stays. */
    reload,
    /** Shows other sources instead; the view stays. */
    setSources(others) {
      for (const layer of laid.values()) layer.clear();
      laid = new Map();
      sources = others;
      return reload();
    },
    /** Brings what is shown into view, also on a map that was hidden so far. */
    fit() {
      leaflet.invalidateSize();
      fit(leaflet, inQuestion(laid));
    },
    /** Draws features that the page itself tells, in the place of those that it told before. */
    setTold(features) {
      told?.clear();
      const collection = /** @type {GeoJSON.FeatureCollection} */ ({ type: "FeatureCollection", features });
      told = layShapes(leaflet, {}, collection);
    },
  };
  // The detailed map too stands on the simple one: a file of tiles ends somewhere.
  const own = [window.feature_group_shell, window.feature_group_detailed].filter(Boolean);
  orSaySo(fetchJson(section.dataset.basemap).then((data) => layBaseMap(section, own, data)));
  const layPlans = plansOf(section, fetchJson);
  // Last of those who hear it, when everything has found its new place.
  section.map.ready
    .then(() => leaflet.on("moveend", tidy))
    .then(tidy)
    .then(() => {
      const closer = () => keepFocus(leaflet, () => orSaySo(Promise.all([layPlans(), layWhatIsClose(), layCells()])));
      leaflet.on("moveend baselayerchange", closer);
      return closer();
    });
  leaflet.getContainer().setAttribute("role", "group");
  leaflet.getContainer().setAttribute("aria-label", section.dataset.keys);
  walkByArrows(leaflet);
  tieToList(section);
  tellWhatIsNear(
    section,
    async () => {
      const [first] = sources;
      if (!first.cells) return laid.get(first)?.all() ?? [];
      return /** @type {any[]} */ (L.geoJSON(await fetchJson(first.url)).getLayers());
    },
    (shape) => tell(leaflet, shape, "map:pick", `${sources[0].prefix ?? ""}${shape.feature.id}`),
  );
  new ResizeObserver(() => leaflet.invalidateSize()).observe(section);
}

/** @type {NodeListOf<MapSection>} */
const sections = document.querySelectorAll(".map[data-map]");
for (const section of sections) attach(section);
