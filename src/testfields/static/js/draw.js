// Drawing a footprint: the shape on the map, the table of its corners and the hidden field with GeoJSON say the same.
// Changing the one changes the others; the field then fires "input", so that the page can check the new shape.
const places = 6;
/** @type {Record<string, number>} */
const fewestOf = { Point: 1, LineString: 2, Polygon: 3 };
/** @type {Record<string, string>} What a tool draws. */
const shapeOf = { circlemarker: "Point", polyline: "LineString" };

/** @param {number} degrees */
const rounded = (degrees) => Number(degrees.toFixed(places));

/**
 * Corners [lat, lon], the first not repeated, of the polygon in a GeoJSON text; none when it is empty.
 * @param {string} text
 * @returns {Corner[]}
 */
function cornersOf(text) {
  if (!text.trim()) return [];
  const { type, coordinates } = JSON.parse(text);
  const points = /** @type {[number, number][]} */ (
    type === "Point" ? [coordinates] : type === "LineString" ? coordinates : coordinates[0].slice(0, -1)
  );
  return points.map(([lon, lat]) => [lat, lon]);
}

/**
 * The other way round.
 * @param {Corner[]} corners
 * @param {string} type
 */
function geoJsonOf(corners, type) {
  if (corners.length < fewestOf[type]) return "";
  const points = corners.map(([lat, lon]) => [lon, lat]);
  const coordinates = type === "Point" ? points[0] : type === "LineString" ? points : [[...points, points[0]]];
  return JSON.stringify({ type, coordinates });
}

/** @param {HTMLElement} panel */
function start(panel) {
  const { leaflet, ready } = /** @type {MapSection} */ (
    document.querySelector(".map:is([data-map=apply], [data-map=plan])")
  ).map;
  const drawn = window.drawnItems_draw_control_shell;
  /** @type {HTMLInputElement} */
  const field = panel.querySelector("[data-draw-field]");
  /** @type {HTMLElement} */
  const table = panel.querySelector("[data-draw-corners]");
  const body = table.querySelector("tbody");
  const add = /** @type {HTMLButtonElement} */ (table.querySelector("[data-draw-add]"));
  const row = panel.querySelector("template").content;
  const message = panel.querySelector("[data-draw-message]");
  /** @type {NodeListOf<HTMLInputElement>} */
  const choices = panel.querySelectorAll("input[type=radio]");

  // Without a choice the shape has to be there.
  const wantsPart = () => !choices.length || [...choices].some((choice) => choice.checked && choice.value === "part");

  /** As what it is drawn, where the form asks for that. */
  const shapes = /** @type {HTMLFieldSetElement} */ (panel).form?.elements.namedItem("shape");
  const shape = () => (shapes instanceof RadioNodeList && shapes.value) || "Polygon";

  /** @param {string} value */
  function choose(value) {
    for (const choice of choices) choice.checked = choice.value === value;
    table.hidden = !wantsPart();
  }

  /** @param {Corner[]} corners */
  function keep(corners) {
    field.value = wantsPart() ? geoJsonOf(corners, shape()) : "";
    message.textContent = wantsPart() && !field.value ? panel.dataset.fewCorners : "";
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** @param {Corner[]} corners */
  function drawShape(corners) {
    drawn.clearLayers();
    if (corners.length < fewestOf[shape()]) return;
    const points = /** @type {[number, number][]} */ (corners);
    const how = { className: "shape shape--asked" };
    if (shape() === "Point") drawn.addLayer(L.circleMarker(points[0], how));
    else if (shape() === "LineString") drawn.addLayer(L.polyline(points, { ...how, fill: false }));
    else drawn.addLayer(L.polygon(points, how));
  }

  /** @param {Corner[]} corners */
  function writeRows(corners) {
    /** @type {Corner[]} */
    const lines = corners.length ? corners : Array(fewestOf[shape()]).fill(["", ""]);
    body.replaceChildren(
      ...lines.map((corner, place) => {
        const line = /** @type {DocumentFragment} */ (row.cloneNode(true));
        line.querySelector("th").textContent = String(place + 1);
        line.querySelectorAll("input").forEach((input, axis) => {
          input.value = String(corner[axis]);
          input.setAttribute("aria-label", `${input.dataset.label} ${place + 1}`);
        });
        line
          .querySelector("button")
          .setAttribute("aria-label", `${line.querySelector("button").textContent} ${place + 1}`);
        return line;
      }),
    );
  }

  /**
   * The corners whose two numbers are both there.
   * @returns {Corner[]}
   */
  function readRows() {
    const corners = [...body.rows].map((line) =>
      [...line.querySelectorAll("input")].map((input) => input.valueAsNumber),
    );
    return /** @type {[number, number][]} */ (corners.filter((corner) => corner.every(Number.isFinite)));
  }

  /** @param {any} event */
  function fromMap({ layerType }) {
    if (layerType && shapes instanceof RadioNodeList) {
      shapes.value = shapeOf[layerType] ?? "Polygon";
    }
    const layers = drawn.getLayers();
    const layer = /** @type {any} */ (layers.at(-1));
    for (const older of layers.slice(0, -1)) drawn.removeLayer(older);
    const outline = /** @type {L.LatLng[]} */ (layer?.getLatLngs?.().flat() ?? (layer ? [layer.getLatLng()] : []));
    const corners = /** @type {Corner[]} */ (outline.map(({ lat, lng }) => [rounded(lat), rounded(lng)]));
    choose(layer ? "part" : "whole");
    writeRows(corners);
    keep(corners);
  }

  function fromTable() {
    drawShape(readRows());
    keep(readRows());
  }

  for (const name of ["created", "edited", "deleted"]) leaflet.on(`draw:${name}`, fromMap);
  body.addEventListener("input", (event) => {
    event.stopPropagation();
    fromTable();
  });
  body.addEventListener("click", (event) => {
    const target = /** @type {Element} */ (event.target);
    if (!target.closest("button")) return;
    target.closest("tr").remove();
    writeRows(readRows());
    fromTable();
    add.focus();
  });
  add.addEventListener("click", () => {
    body.append(row.cloneNode(true));
    body.lastElementChild.querySelector("th").textContent = String(body.rows.length);
    for (const input of body.lastElementChild.querySelectorAll("input")) {
      input.setAttribute("aria-label", `${input.dataset.label} ${body.rows.length}`);
    }
    body.lastElementChild.querySelector("input").focus();
  });
  document.getElementById("f-shape")?.addEventListener("change", fromTable);
  panel.addEventListener("change", (event) => {
    const target = /** @type {HTMLInputElement} */ (event.target);
    if (target.type !== "radio") return;
    choose(target.value);
    drawShape(wantsPart() ? readRows() : []);
    keep(readRows());
  });

  // Another script gives a whole shape by putting it into the field.
  field.addEventListener("given", () => {
    const given = cornersOf(field.value);
    choose("part");
    writeRows(given);
    drawShape(given);
    keep(given);
    leaflet.fitBounds(L.latLngBounds(/** @type {[number, number][]} */ (given)), { padding: [36, 36], maxZoom: 17 });
  });

  const corners = cornersOf(field.value);
  choose(corners.length ? "part" : "whole");
  writeRows(corners);
  ready.then(() => {
    drawShape(corners);
    // Its owner draws it anew: the map opens on it.
    if (!choices.length && corners.length)
      leaflet.fitBounds(L.latLngBounds(/** @type {[number, number][]} */ (corners)), {
        padding: [36, 36],
        maxZoom: 17,
      });
  });
}

/** @type {NodeListOf<HTMLElement>} */
const panels = document.querySelectorAll("[data-draw]");
for (const panel of panels) start(panel);
