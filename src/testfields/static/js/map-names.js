// Names on the map, of shapes and of towns, stay readable.
function overlap(a, b) {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

/** Of names that would cover each other the first stays; names of shapes go before those of towns. */
export function hideCoveredNames(leaflet) {
  const names = [".map-name", ".base-place"].flatMap((kind) => [...leaflet.getContainer().querySelectorAll(kind)]);
  const boxes = names.map((name) => name.getBoundingClientRect());
  const shown = [];
  names.forEach((name, place) => {
    const covered = shown.some((other) => overlap(boxes[place], other));
    name.classList.toggle("is-covered", covered);
    if (!covered && boxes[place].width) shown.push(boxes[place]);
  });
}
