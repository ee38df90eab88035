// Names on the map, of shapes and of towns, stay readable: none covers another.
/** @typedef {["center" | "right" | "left" | "bottom" | "top", L.PointTuple]} Side */

/**
 * @param {number} far from the middle, in px
 * @returns {Side[]}
 */
const sides = (far) => [
  ["right", [far, 0]],
  ["left", [-far, 0]],
  ["bottom", [0, far - 2]],
  ["top", [0, 2 - far]],
];
const besideShape = 10;
/** @type {Side} */
const middle = ["center", [0, 0]];

/**
 * @param {DOMRect} a
 * @param {DOMRect} b
 */
function overlap(a, b) {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

/**
 * @param {DOMRect} box
 * @param {DOMRect[]} taken
 */
const isFree = (box, taken) => !taken.some((other) => overlap(box, other));

/**
 * @param {DOMRect} box
 * @param {DOMRect} frame
 */
const isInside = (box, frame) =>
  frame.left <= box.left && box.right <= frame.right && frame.top <= box.top && box.bottom <= frame.bottom;

/**
 * Tries one side of the shape after the other; a name that fits nowhere is hidden, and so is a town's below one.
 * @param {L.Map} leaflet
 * @param {Name[]} names
 */
export function arrangeNames(leaflet, names) {
  /** @param {string} kind */
  const all = (kind) => [...leaflet.getContainer().querySelectorAll(kind)];
  const frame = leaflet.getContainer().getBoundingClientRect();
  const taken = [...all(".shape-dot"), ...all(".leaflet-control")].map((other) => other.getBoundingClientRect());
  for (const { tag, beside } of names) {
    const place = (beside ? sides(beside) : [middle, ...sides(besideShape)]).find(([direction, offset]) => {
      Object.assign(tag.options, { direction, offset });
      tag.update();
      const box = tag.getElement().getBoundingClientRect();
      return isInside(box, frame) && isFree(box, taken);
    });
    tag.getElement().classList.toggle("is-covered", !place);
    if (place) taken.push(tag.getElement().getBoundingClientRect());
  }
  const towns = all(".base-place").map((town) => ({ town, box: town.getBoundingClientRect() }));
  for (const { town, box } of towns) {
    const free = isFree(box, taken);
    town.classList.toggle("is-covered", !free);
    if (free && box.width) taken.push(box);
  }
}
