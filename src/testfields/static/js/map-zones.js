// The restricted zones around a test field as a layer that is switched on and off; the list says the same without it.
const ofSite = /** @type {MapSection} */ (document.querySelector(".map"));
const choice = /** @type {HTMLLabelElement} */ (document.querySelector("[data-zones]"));
/** @type {Source[]} */
const sources = JSON.parse(ofSite.dataset.sources);
const zones = /** @type {Source} */ (JSON.parse(choice.dataset.zones));

choice.hidden = false;
choice.addEventListener("change", () => {
  const on = choice.querySelector("input").checked;
  ofSite.map.ready.then(() => ofSite.map.setSources(on ? [...sources, zones] : sources));
});
