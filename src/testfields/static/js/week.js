// The week grid: its first free hour in sight, and one stop of the Tab key with arrow keys inside.
/** @type {Record<string, [number, number]>} Rows down and columns to the right. */
const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

/**
 * Scrolls the region sideways until `link` stands beside the names of the areas.
 * @param {Element} region
 * @param {HTMLAnchorElement} link
 */
function show(region, link) {
  const names = /** @type {HTMLElement} */ (region.querySelector("tbody th")).offsetWidth;
  region.scrollLeft = link.closest("td").offsetLeft - names;
}

/**
 * The free hour that an arrow key leads to from `link`: the next one of its row, or its column in the next row that
 * has one.
 * @param {HTMLTableRowElement[]} rows
 * @param {HTMLAnchorElement} link
 * @param {[number, number]} step
 * @returns {HTMLAnchorElement | undefined}
 */
function neighbour(rows, link, [down, right]) {
  const cell = link.closest("td");
  const row = /** @type {HTMLTableRowElement} */ (cell.parentElement);
  if (right) {
    /** @type {NodeListOf<HTMLAnchorElement>} */
    const found = row.querySelectorAll("a.slot");
    const links = [...found];
    return links[links.indexOf(link) + right];
  }
  for (let at = rows.indexOf(row) + down; at >= 0 && at < rows.length; at += down) {
    /** @type {HTMLAnchorElement | null} */
    const above = rows[at].cells[cell.cellIndex].querySelector("a.slot");
    if (above) return above;
  }
  return undefined;
}

/** @param {HTMLElement} region */
function wire(region) {
  /** @type {NodeListOf<HTMLAnchorElement>} */
  const free = region.querySelectorAll("a.slot");
  /** @type {NodeListOf<HTMLTableRowElement>} */
  const lines = region.querySelectorAll("tbody tr");
  const [links, rows] = [[...free], [...lines]];
  if (links.length === 0) return;
  const earliest = links.reduce((first, link) =>
    link.closest("td").cellIndex < first.closest("td").cellIndex ? link : first,
  );
  show(region, earliest);
  for (const link of links) link.tabIndex = link === earliest ? 0 : -1;
  region.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    const target = /** @type {HTMLAnchorElement} */ (event.target);
    if (!step || !target.matches("a.slot")) return;
    event.preventDefault();
    const next = neighbour(rows, target, step);
    if (next) next.focus();
  });
  region.addEventListener("focusin", (event) => {
    if (!(/** @type {Element} */ (event.target).matches("a.slot"))) return;
    for (const link of links) link.tabIndex = link === event.target ? 0 : -1;
  });
}

/** @type {NodeListOf<HTMLElement>} */
const regions = document.querySelectorAll(".week-wrap");
for (const region of regions) wire(region);
