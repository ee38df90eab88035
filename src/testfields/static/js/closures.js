// The form of a closing: the map shows the areas of the test field that is chosen, once a part of it is to be drawn.

/** @param {HTMLFormElement} form */
function start(form) {
  const section = /** @type {MapSection} */ (document.getElementById("map"));
  const place = /** @type {HTMLSelectElement} */ (form.elements.namedItem("place"));
  let shown = "";

  async function showPlace() {
    const [site] = place.value.split("/");
    if (!site || site === shown || !section.checkVisibility()) return;
    shown = site;
    const source = { url: `/api/v1/sites/${site}/areas.geojson`, prefix: "area-", class: "area", names: true };
    await section.map.setSources([source]);
    section.map.fit();
  }

  form.addEventListener("change", showPlace);
  section.map.ready.then(showPlace);
}

start(document.querySelector("form.closing"));
