// Shapes by keyboard and by ear: each has a name and answers Enter. The whole map is one stop of Tab, from which the
// arrow keys go from shape to shape; two thousand trials are not two thousand stops.

const steps = /** @type {Record<string, number>} */ ({ ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 });

/**
 * Names a shape's element each time it is drawn; Enter and Space do what a click does.
 * @param {Shape} layer
 * @param {string} name
 * @param {() => void} pick
 */
export function answerKeys(layer, name, pick) {
  layer.on("add", () => {
    const element = layer.getElement();
    element.setAttribute("role", "button");
    element.setAttribute("aria-label", name);
    element.setAttribute("tabindex", "-1");
    element.addEventListener("keydown", (sent) => {
      const event = /** @type {KeyboardEvent} */ (sent);
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      event.stopPropagation();
      pick();
    });
  });
}

/**
 * The shapes that are in sight, in the order in which they were drawn.
 * @param {HTMLElement} container
 */
function inSight(container) {
  const frame = container.getBoundingClientRect();
  const all = /** @type {SVGElement[]} */ ([...container.querySelectorAll("[role=button].leaflet-interactive")]);
  return all.filter((one) => {
    const box = one.getBoundingClientRect();
    return (
      box.width && box.left < frame.right && box.right > frame.left && box.top < frame.bottom && box.bottom > frame.top
    );
  });
}

/**
 * Makes one of the shapes in sight the map's stop; called when shapes or the view have changed.
 * @param {L.Map} leaflet
 */
export function tidyStops(leaflet) {
  const container = leaflet.getContainer();
  const stops = container.querySelectorAll("[role=button].leaflet-interactive[tabindex='0']");
  for (const stop of stops) stop.setAttribute("tabindex", "-1");
  const shapes = inSight(container);
  const stop = shapes.find((one) => one === document.activeElement) ?? shapes[0];
  stop?.setAttribute("tabindex", "0");
}

/** @param {L.Map} leaflet */
export function walkByArrows(leaflet) {
  const container = leaflet.getContainer();
  container.addEventListener("keydown", (event) => {
    const shapes = inSight(container);
    const place = shapes.indexOf(/** @type {SVGElement} */ (/** @type {unknown} */ (event.target)));
    if (place < 0 || !(event.key in steps)) return;
    event.preventDefault();
    shapes[place].setAttribute("tabindex", "-1");
    const next = shapes[(place + steps[event.key] + shapes.length) % shapes.length];
    next.setAttribute("tabindex", "0");
    next.focus();
  });
}

/**
 * Shapes that are laid anew take the focus with them: it goes to the map's stop.
 * @param {L.Map} leaflet
 * @param {() => Promise<void>} lay
 */
export async function keepFocus(leaflet, lay) {
  const held = document.activeElement;
  await lay();
  if (held?.isConnected || document.activeElement !== document.body) return;
  const stop = leaflet.getContainer().querySelector("[role=button].leaflet-interactive[tabindex='0']");
  /** @type {SVGElement | null} */ (stop)?.focus();
}
