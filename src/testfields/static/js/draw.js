// Drawing a footprint: the shape on the map, the table of its corners and the hidden field with GeoJSON say the same.
// Changing the one changes the others; the field then fires "input", so that the page can check the new shape.
const places = 6;
const fewestCorners = 3;

const rounded = (degrees) => Number(degrees.toFixed(places));

/** Corners [lat, lon], the first not repeated, of the polygon in a GeoJSON text; none when it is empty. */
function cornersOf(text) {
  if (!text.trim()) return [];
  return JSON.parse(text).coordinates[0].slice(0, -1).map(([lon, lat]) => [lat, lon]);
}

/** The other way round. */
function geoJsonOf(corners) {
  if (corners.length < fewestCorners) return "";
  const ring = corners.map(([lat, lon]) => [lon, lat]);
  return JSON.stringify({ type: "Polygon", coordinates: [[...ring, ring[0]]] });
}

function start(panel) {
  const { leaflet, ready } = document.querySelector(".map[data-map=apply]").map;
  const drawn = window.drawnItems_draw_control_shell;
  const field = panel.querySelector("[data-draw-field]");
  const table = panel.querySelector("[data-draw-corners]");
  const body = table.querySelector("tbody");
  const row = panel.querySelector("template").content;
  const message = panel.querySelector("[data-draw-message]");
  const choices = panel.querySelectorAll("input[type=radio]");

  const wantsPart = () => [...choices].some((choice) => choice.checked && choice.value === "part");

  function choose(value) {
    for (const choice of choices) choice.checked = choice.value === value;
    table.hidden = !wantsPart();
  }

  function keep(corners) {
    field.value = wantsPart() ? geoJsonOf(corners) : "";
    message.textContent = wantsPart() && !field.value ? panel.dataset.fewCorners : "";
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function drawShape(corners) {
    drawn.clearLayers();
    if (corners.length < fewestCorners) return;
    drawn.addLayer(L.polygon(corners, { className: "shape shape--asked" }));
  }

  function writeRows(corners) {
    const lines = corners.length ? corners : Array(fewestCorners).fill(["", ""]);
    body.replaceChildren(...lines.map((corner, place) => {
      const line = row.cloneNode(true);
      line.querySelector("th").textContent = place + 1;
      line.querySelectorAll("input").forEach((input, axis) => {
        input.value = corner[axis];
        input.setAttribute("aria-label", `${input.dataset.label} ${place + 1}`);
      });
      line.querySelector("button").setAttribute("aria-label", `${line.querySelector("button").textContent} ${place + 1}`);
      return line;
    }));
  }

  /** The corners whose two numbers are both there. */
  function readRows() {
    return [...body.rows]
      .map((line) => [...line.querySelectorAll("input")].map((input) => input.valueAsNumber))
      .filter((corner) => corner.every(Number.isFinite));
  }

  function fromMap() {
    const layer = drawn.getLayers().at(-1);
    drawn.getLayers().slice(0, -1).forEach((older) => drawn.removeLayer(older));
    const corners = layer ? layer.getLatLngs()[0].map(({ lat, lng }) => [rounded(lat), rounded(lng)]) : [];
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
  body.addEventListener("click", ({ target }) => {
    if (!target.closest("button")) return;
    target.closest("tr").remove();
    writeRows(readRows());
    fromTable();
    table.querySelector("[data-draw-add]").focus();
  });
  table.querySelector("[data-draw-add]").addEventListener("click", () => {
    const line = row.cloneNode(true);
    body.append(line);
    body.lastElementChild.querySelector("th").textContent = body.rows.length;
    body.lastElementChild.querySelectorAll("input").forEach((input) => {
      input.setAttribute("aria-label", `${input.dataset.label} ${body.rows.length}`);
    });
    body.lastElementChild.querySelector("input").focus();
  });
  panel.addEventListener("change", ({ target }) => {
    if (target.type !== "radio") return;
    choose(target.value);
    drawShape(wantsPart() ? readRows() : []);
    keep(readRows());
  });

  const corners = cornersOf(field.value);
  choose(corners.length ? "part" : "whole");
  writeRows(corners);
  ready.then(() => drawShape(corners));
}

document.querySelectorAll("[data-draw]").forEach(start);
