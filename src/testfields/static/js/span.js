// A span of free time, picked on its bar: dragged with the mouse, tapped at its start and its end, or by Shift and arrows.

/** @type {Record<string, number>} */
const STEPS = { ArrowLeft: -1, ArrowRight: 1 };
const QUARTERS = 96;
const DAY = 1440;
const bars = /** @type {HTMLElement} */ (document.getElementById("hours"));
const panel = document.getElementById("picked");
const told = document.getElementById("picked-when");
const apply = /** @type {HTMLAnchorElement} */ (document.getElementById("picked-apply"));
const mark = document.createElement("li");
mark.setAttribute("aria-hidden", "true");

/**
 * What is picked: minutes after midnight of the bar that `link` is a part of.
 * @type {{ link: HTMLAnchorElement, start: number, end: number } | null}
 */
let picked = null;
/** Whether the next press ends what the last one began. */
let begun = false;

/** @param {number} minutes */
const shown = (minutes) =>
  `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;

/**
 * A time of the bar's day as the form reads it; midnight at its end is the next day's.
 * @param {string} day
 * @param {number} minutes
 */
function typed(day, minutes) {
  if (minutes < DAY) return `${day}T${shown(minutes)}`;
  const next = new Date(`${day}T00:00Z`);
  next.setUTCDate(next.getUTCDate() + 1);
  return `${next.toISOString().slice(0, 10)}T00:00`;
}

/**
 * @param {HTMLAnchorElement} link
 * @param {number} start
 * @param {number} end
 */
function pick(link, start, end) {
  const [step, least, most] = [bars.dataset.step, bars.dataset.least, bars.dataset.most].map(Number);
  const [first, last] = [Number(link.dataset.first), Number(link.dataset.last)];
  const from = Math.max(first, Math.min(start - (start % step), last - Math.min(least, last - first)));
  const to = Math.min(last, from + most, Math.max(Math.ceil(end / step) * step, from + Math.min(least, last - first)));
  picked = { link, start: from, end: to };
  const lane = link.closest("ul");
  const quarters = [Math.floor(from / 15), Math.min(QUARTERS, Math.ceil(to / 15))];
  mark.className = `seg seg--mine s-${quarters[0]} e-${quarters[1]}`;
  lane.append(mark);
  const { day, label, apply: address } = lane.dataset;
  apply.href = `${address}&start=${typed(day, from)}&end=${typed(day, to)}`;
  link.href = apply.href;
  told.textContent = `${label} ${shown(from)}–${shown(to)}`;
  panel.hidden = false;
}

/**
 * The minute of the bar under the pointer.
 * @param {HTMLAnchorElement} link
 * @param {number} x
 */
function minute(link, x) {
  const box = link.closest("ul").getBoundingClientRect();
  return Math.max(0, Math.min(DAY - 1, Math.floor(((x - box.left) / box.width) * DAY)));
}

/** @param {Event} event */
const span = (event) =>
  /** @type {HTMLAnchorElement | null} */ (/** @type {Element} */ (event.target).closest("a.free__span"));

function wire() {
  /** @type {{ link: HTMLAnchorElement, from: number, moved: boolean } | null} */
  let drag = null;
  bars.addEventListener("pointerdown", (event) => {
    const link = span(event);
    if (link && event.pointerType === "mouse" && event.button === 0) {
      drag = { link, from: minute(link, event.clientX), moved: false };
    }
  });
  window.addEventListener("pointermove", (event) => {
    if (!drag) return;
    const to = minute(drag.link, event.clientX);
    if (Math.abs(to - drag.from) < Number(bars.dataset.step) / 2 && !drag.moved) return;
    drag.moved = true;
    pick(drag.link, Math.min(drag.from, to), Math.max(drag.from, to) + 1);
  });
  window.addEventListener("pointerup", () => {
    if (drag?.moved) begun = false;
    // The click that ends a drag comes after it.
    setTimeout(() => {
      drag = null;
    });
  });
  bars.addEventListener("click", (event) => {
    const link = span(event);
    // Enter follows the link; a press picks, unless it asks for another tab.
    if (!link || event.detail === 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (drag?.moved) return;
    const at = minute(link, event.clientX);
    if (begun && picked?.link === link && at >= picked.start) {
      pick(link, picked.start, at + 1);
      begun = false;
    } else {
      pick(link, at, at + 1);
      begun = true;
    }
  });
  bars.addEventListener("keydown", (event) => {
    const link = span(event);
    const by = STEPS[event.key] * Number(bars.dataset.step);
    if (!link || !by) return;
    event.preventDefault();
    const first = Number(link.dataset.first);
    if (picked?.link !== link) pick(link, first, first);
    else if (event.shiftKey) pick(link, picked.start, picked.end + by);
    else pick(link, picked.start + by, picked.end + by);
  });
  for (const hint of document.querySelectorAll("[data-with-script]")) /** @type {HTMLElement} */ (hint).hidden = false;
}

if (bars) wire();
