// How vector tiles look: the calm ground of css/map.css, by the names that Protomaps and 国土地理院 give to layers.

const colours = {
  land: "#f6f5f1",
  water: "#dfe8ef",
  stream: "#c5d6e2",
  trees: "#dbe5d3",
  grass: "#e6ecdf",
  works: "#eeece8",
  sand: "#f1ecdd",
  building: "#dad5cd",
  wall: "#b9b2a7",
  road: "#ffffff",
  edge: "#bab5ab",
  rail: "#8d8a84",
  contour: "#d8c7ac",
  border: "#b3a9bd",
};

/**
 * So many metres of ground in px of a zoom level, near 35° north; never less than `least` px.
 * @param {number} metres
 * @param {number} zoom
 * @param {number} least
 */
const wide = (metres, zoom, least = 1) => Math.max(least, (metres * 2 ** zoom) / 128_000);

/** @typedef {Record<string, unknown>} Said what a tile says of a feature */
/** @typedef {(said: Said) => boolean} Test */
/** @typedef {import("protomaps-leaflet").PaintRule} Rule */

/**
 * @param {string} dataLayer
 * @param {import("protomaps-leaflet").PaintSymbolizer} symbolizer
 * @param {number} geomType 2 for lines, 3 for areas
 * @param {Test} test
 * @param {number} [minzoom]
 * @returns {Rule}
 */
const rule = (dataLayer, symbolizer, geomType, test, minzoom) => ({
  dataLayer,
  symbolizer,
  minzoom,
  filter: (_zoom, feature) => feature.geomType === geomType && test(feature.props),
});

/**
 * @param {string} layer
 * @param {string} fill
 * @param {Test} test
 * @param {string} [stroke]
 */
const area = (layer, fill, test = () => true, stroke) =>
  rule(layer, new protomapsL.PolygonSymbolizer({ fill, stroke: stroke ?? fill, width: stroke ? 0.75 : 0 }), 3, test);

/**
 * @param {string} layer
 * @param {string} color
 * @param {(zoom: number, said: Said) => number} width in px
 * @param {Test} test
 * @param {number} [minzoom]
 */
const line = (layer, color, width, test = () => true, minzoom) =>
  rule(
    layer,
    new protomapsL.LineSymbolizer({
      color,
      width: (/** @type {number} */ zoom, /** @type {any} */ feature) => width(zoom, feature?.props ?? {}),
      lineCap: "round",
      lineJoin: "round",
    }),
    2,
    test,
    minzoom,
  );

/**
 * A road as wide as it is, and from afar wide enough to be told from others.
 * @param {number} metres
 * @param {number} zoom
 */
const carriageway = (metres, zoom) => wide(metres, zoom, metres < 5 ? 0.75 : metres < 9 ? 1.5 : 2.5);

/**
 * Roads with their edges, all edges below all roads, so that crossings are open.
 * @param {string} layer
 * @param {(said: Said) => number} metres
 * @param {Test} test
 */
const roads = (layer, metres, test) => [
  line(layer, colours.edge, (zoom, said) => carriageway(metres(said), zoom) + 1.5, test, 11),
  line(layer, colours.road, (zoom, said) => carriageway(metres(said), zoom), test),
];

/**
 * Rails: a dark line that becomes a ladder where there is room.
 * @param {string} layer
 * @param {Test} test
 */
const rails = (layer, test) => [
  line(layer, colours.rail, (zoom) => wide(3, zoom, 1.25), test, 10),
  {
    ...line(layer, colours.road, () => 1, test, 15),
    symbolizer: new protomapsL.LineSymbolizer({ color: colours.road, width: 1.5, dash: [8, 8] }),
  },
];

/** @param {string[]} kinds */
const kindOf =
  (...kinds) =>
  (/** @type {Said} */ { kind }) =>
    kinds.includes(String(kind));

/** Widths of carriageways in m: Protomaps tells the kind of a road alone. @type {Record<string, number>} */
const metresByKind = { highway: 16, major_road: 11, minor_road: 5.5, path: 2 };

/** 幅員区分, in its middle. @type {Record<string, number>} */
const metresByClass = { "3m未満": 2.5, "3m-5.5m未満": 4.5, "5.5m-13m未満": 8, "13m-19.5m未満": 16, "19.5m以上": 24 };

// Of roads and rails what runs above the ground: 27x4 is a road in a tunnel.
const isTunnel = (/** @type {unknown} */ code) => Number(code) % 10 === 4;
const hidden = ["トンネル", "地下", "雪覆い"];

const schemas = {
  protomaps: () => [
    area("earth", colours.land),
    area("landuse", colours.works, kindOf("industrial", "railway", "aerodrome", "school", "university", "hospital")),
    area("landuse", colours.grass, kindOf("park", "pitch", "golf_course", "grass", "meadow", "recreation_ground")),
    area("landuse", colours.trees, kindOf("forest", "wood", "nature_reserve", "orchard", "cemetery")),
    area("landuse", colours.sand, kindOf("beach", "sand")),
    area("water", colours.water),
    line("water", colours.stream, (zoom) => wide(6, zoom, 1)),
    line("roads", colours.edge, (zoom) => wide(40, zoom, 1), kindOf("aeroway")),
    ...roads(
      "roads",
      ({ kind }) => metresByKind[String(kind)],
      (said) => String(said.kind) in metresByKind && !said.is_tunnel,
    ),
    area("buildings", colours.building, kindOf("building", "building_part"), colours.wall),
    ...rails("roads", (said) => said.kind === "rail" && !said.is_tunnel),
    line("boundaries", colours.border, () => 0.75),
  ],
  gsi: () => [
    line("Cntr", colours.contour, (_zoom, { vt_alti: metres }) => (Number(metres) % 50 ? 0.5 : 1), undefined, 13),
    area("WA", colours.water),
    line("RvrCL", colours.stream, (zoom) => wide(4, zoom, 1)),
    line("Cstline", colours.wall, () => 0.75),
    line("WL", colours.stream, () => 0.75),
    ...roads(
      "RdCL",
      ({ vt_rnkwidth: width }) => metresByClass[String(width)] ?? 5,
      ({ vt_code: code }) => !isTunnel(code),
    ),
    area("StrctArea", colours.works),
    area("BldA", colours.building, undefined, colours.wall),
    ...rails("RailCL", ({ vt_railstate: state }) => !hidden.includes(String(state))),
    line("AdmBdry", colours.border, () => 0.75),
  ],
};

/**
 * What the layer paints, from the lowest up, and on what.
 * @param {keyof typeof schemas} schema
 */
export const paintRules = (schema) => ({
  paintRules: schemas[schema](),
  backgroundColor: schema === "gsi" ? colours.land : undefined,
});
