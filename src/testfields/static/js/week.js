// The week grid: its first free hour in sight, and one stop of the Tab key with arrow keys inside.
const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

/** Scrolls the region sideways until `link` stands beside the names of the areas. */
function show(region, link) {
  const names = region.querySelector("tbody th").offsetWidth;
  region.scrollLeft = link.closest("td").offsetLeft - names;
}

/** The free hour that an arrow key leads to from `link`: the next one of its row, or its column in the next row that has one. */
function neighbour(rows, link, [down, right]) {
  const cell = link.closest("td");
  const row = cell.parentElement;
  if (right) {
    const links = [...row.querySelectorAll("a.slot")];
    return links[links.indexOf(link) + right];
  }
  for (let at = rows.indexOf(row) + down; at >= 0 && at < rows.length; at += down) {
    const above = rows[at].cells[cell.cellIndex].querySelector("a.slot");
    if (above) return above;
  }
  return undefined;
}

for (const region of document.querySelectorAll(".week-wrap")) {
  const links = [...region.querySelectorAll("a.slot")];
  const rows = [...region.querySelectorAll("tbody tr")];
  if (links.length === 0) continue;
  const earliest = links.reduce((first, link) => (link.closest("td").cellIndex < first.closest("td").cellIndex ? link : first));
  show(region, earliest);
  for (const link of links) link.tabIndex = link === earliest ? 0 : -1;
  region.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (!step || !event.target.matches("a.slot")) return;
    event.preventDefault();
    const next = neighbour(rows, event.target, step);
    if (next) next.focus();
  });
  region.addEventListener("focusin", (event) => {
    if (!event.target.matches("a.slot")) return;
    for (const link of links) link.tabIndex = link === event.target ? 0 : -1;
  });
}
