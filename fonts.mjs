// Cuts Noto Sans JP for the pages: one file a weight with what the portal itself says, the rest by how often it is used.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import subsetFont from "subset-font";

/** Texts of the portal that any page may show; its samples and the towns of the base map are among them. */
const texts = [
  "src/testfields/locales/ja/LC_MESSAGES/messages.po",
  "maps/sample-sites.geojson",
  "maps/sample-owners.json",
  "maps/basemap/places.geojson",
  "src/testfields/demo/cast.py",
  "src/testfields/demo/plot.py",
];
/** What is bold is a heading, a button or a label, and no sentence. */
const longestLabel = 10;
/** So many more characters in the files after the first, from the most frequent on; the others are cut by code points. */
const steps = [500, 1000];
const rareFiles = 4;
const [firstKanji, lastKanji] = [0x4e00, 0x9fff];

/** @param {string} text */
const characters = (text) => new Set([...text].map((one) => one.codePointAt(0)).filter((code) => code >= 0x20));

/** ASCII and kana: what is typed everywhere. */
function everywhere() {
  const codes = new Set();
  for (const [first, last] of [
    [0x20, 0x7e],
    [0x3041, 0x3096],
    [0x30a1, 0x30fc],
  ]) {
    for (let code = first; code <= last; code++) codes.add(code);
  }
  return codes;
}

/** The texts in quotes that are short: labels in Japanese. @param {string} text */
function labels(text) {
  return [...text.matchAll(/^msgstr(?:\[\d\])? "(.*)"$/gm)]
    .map(([, label]) => label.replace(/%\(\w+\)s/g, ""))
    .filter((label) => label.length <= longestLabel)
    .join("");
}

/** Code points from the most frequent on: the package's slices are in this order, the last the most frequent. @param {string} css */
function byFrequency(css) {
  const ranges = [...css.matchAll(/\/\* noto-sans-jp-\[\d+\][^}]*unicode-range: ([^;]+);/g)].map(([, range]) => range);
  return ranges.reverse().flatMap((range) =>
    range.split(",").flatMap((part) => {
      const [first, last = first] = part
        .replace("U+", "")
        .split("-")
        .map((code) => Number.parseInt(code, 16));
      return Array.from({ length: last - first + 1 }, (_, place) => first + place);
    }),
  );
}

/** @param {Iterable<number>} codes */
function asRange(codes) {
  const runs = [];
  for (const code of [...codes].sort((a, b) => a - b)) {
    const run = runs.at(-1);
    if (run && run[1] === code - 1) run[1] = code;
    else runs.push([code, code]);
  }
  return runs.map(([a, b]) => `U+${a.toString(16)}${a === b ? "" : `-${b.toString(16)}`}`).join(",");
}

/** What each file of a weight holds, the rarest first: of faces whose ranges overlap a browser takes the last. */
function parts(own, frequent) {
  const others = frequent.filter((code) => !own.has(code));
  const later = [];
  let from = 0;
  for (const [place, count] of steps.entries()) {
    later.unshift({ name: `later-${place + 1}`, codes: new Set(others.slice(from, from + count)) });
    from += count;
  }
  // Symbols beyond these are the reader's system's: one of them is not worth a file.
  const rare = others
    .slice(from)
    .filter((code) => code >= firstKanji && code <= lastKanji)
    .sort((a, b) => a - b);
  const each = Math.ceil(rare.length / rareFiles);
  for (let place = 0; place < rareFiles; place++) {
    const codes = new Set(rare.slice(place * each, (place + 1) * each));
    later.unshift({
      name: `rare-${place + 1}`,
      codes,
      range: `U+${Math.min(...codes).toString(16)}-${Math.max(...codes).toString(16)}`,
    });
  }
  return [...later, { name: "portal", codes: own }];
}

/** Writes the faces of the pages and their style sheet. @param {string} root @param {string} packages @param {string} to */
export async function cutFonts(root, packages, to) {
  const from = join(packages, "@fontsource/noto-sans-jp");
  const said = texts.map((name) => readFileSync(join(root, name), "utf8"));
  const own = {
    400: new Set([...everywhere(), ...characters(said.join(""))]),
    700: new Set([...everywhere(), ...characters(labels(said[0]))]),
  };
  mkdirSync(to, { recursive: true });
  let css = "";
  for (const weight of ["400", "700"]) {
    const whole = readFileSync(join(from, `files/noto-sans-jp-japanese-${weight}-normal.woff2`));
    const frequent = byFrequency(readFileSync(join(from, `${weight}.css`), "utf8"));
    for (const { name, codes, range } of parts(own[weight], frequent)) {
      const file = `${name}-${weight}.woff2`;
      const text = String.fromCodePoint(...codes);
      writeFileSync(join(to, file), await subsetFont(whole, text, { targetFormat: "woff2", noLayoutClosure: true }));
      css += `@font-face{font-family:"Noto Sans JP";font-weight:${weight};font-display:swap;src:url(${file}) format("woff2");unicode-range:${range ?? asRange(codes)}}\n`;
    }
  }
  writeFileSync(join(to, "noto-sans-jp.css"), css);
}
