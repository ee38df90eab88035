// Copies what the pages use from node_modules to src/testfields/static/vendor and cuts the offline basemap.
// Run by `npm run build`; the target folder is made anew each time.
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { cutLand } from "./basemap.mjs";

const root = dirname(fileURLToPath(import.meta.url));
const packages = join(root, "node_modules");
const vendor = join(root, "src/testfields/static/vendor");

/** Package path → path below vendor. Source maps stay behind: nothing on the pages asks for them. */
const files = {
  "@digital-go-jp/design-tokens/dist/tokens.css": "tokens/tokens.css",
  "htmx.org/dist/htmx.min.js": "htmx/htmx.min.js",
  "leaflet/dist/leaflet.js": "leaflet/leaflet.js",
  "leaflet/dist/leaflet.css": "leaflet/leaflet.css",
  "leaflet/dist/images": "leaflet/images",
  "leaflet-draw/dist/leaflet.draw.js": "leaflet-draw/leaflet.draw.js",
  "leaflet-draw/dist/leaflet.draw.css": "leaflet-draw/leaflet.draw.css",
  "leaflet-draw/dist/images": "leaflet-draw/images",
  "leaflet.fullscreen/Control.FullScreen.js": "leaflet.fullscreen/Control.FullScreen.js",
  "leaflet.fullscreen/Control.FullScreen.css": "leaflet.fullscreen/Control.FullScreen.css",
  "leaflet.fullscreen/icon-fullscreen.svg": "leaflet.fullscreen/icon-fullscreen.svg",
  "leaflet.locatecontrol/dist/L.Control.Locate.min.js": "leaflet.locatecontrol/L.Control.Locate.js",
  "leaflet.locatecontrol/dist/L.Control.Locate.min.css": "leaflet.locatecontrol/L.Control.Locate.css",
  "protomaps-leaflet/dist/protomaps-leaflet.js": "protomaps-leaflet/protomaps-leaflet.js",
};

function copyFiles() {
  for (const [source, target] of Object.entries(files)) {
    cpSync(join(packages, source), join(vendor, target), { recursive: true });
  }
}

/** Drops the pointer to a source map that is not shipped; browsers with open tools would report a 404. */
function dropSourceMapPointers() {
  for (const target of Object.values(files).filter((name) => /\.(js|css)$/.test(name))) {
    const path = join(vendor, target);
    const text = readFileSync(path, "utf8");
    writeFileSync(path, text.replace(/\n?(\/\/|\/\*)# sourceMappingURL=.*$/m, ""));
  }
}

/** Every package's licence text travels with its files, as most of the licences ask. */
function copyLicences() {
  const { dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  for (const name of Object.keys(dependencies)) {
    const licence = readdirSync(join(packages, name)).find((file) => /^licen[cs]e/i.test(file)) ?? "package.json";
    cpSync(join(packages, name, licence), join(vendor, "licences", name.replace("/", "-"), licence));
  }
}

/** Land and coast around Osaka plus the place names of maps/basemap, with the credit beside it. */
function writeBasemap() {
  const land = JSON.parse(readFileSync(join(packages, "@geo-maps/earth-lands-100m/map.geo.json"), "utf8"));
  const places = JSON.parse(readFileSync(join(root, "maps/basemap/places.geojson"), "utf8"));
  const features = [...cutLand(land, [134.1, 33.6, 136.7, 35.6]), ...places.features];
  const credit = {
    text: "© OpenStreetMap contributors",
    url: "https://www.openstreetmap.org/copyright",
    licence: "ODbL-1.0",
    note: "Land cut from the npm package @geo-maps/earth-lands-100m 0.6.0 (OpenStreetMap of November 2017, coastline generalised by some 100 m); place names by this project, approximate. For orientation only.",
  };
  mkdirSync(join(vendor, "basemap"), { recursive: true });
  writeFileSync(join(vendor, "basemap/osaka.geojson"), JSON.stringify({ type: "FeatureCollection", features }));
  writeFileSync(join(vendor, "basemap/credit.json"), `${JSON.stringify(credit, null, 2)}\n`);
}

rmSync(vendor, { recursive: true, force: true });
copyFiles();
dropSourceMapPointers();
copyLicences();
writeBasemap();
