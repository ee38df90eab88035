// The review's time slider: dims what is not there at a moment, on the map and in the list, and marks the day's bar.
const minutesAStep = 15;

/**
 * @param {number} moment
 * @param {string} zone
 */
function clock(moment, zone) {
  /** @type {Intl.DateTimeFormatOptions} */
  const parts = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone };
  return new Intl.DateTimeFormat("en-GB", parts).format(moment);
}

/** @param {number | null} moment */
function dimRows(moment) {
  /** @type {NodeListOf<HTMLElement>} */
  const rows = document.querySelectorAll("tr[data-start]");
  for (const row of rows) {
    const there = !moment || (Date.parse(row.dataset.start) <= moment && moment < Date.parse(row.dataset.end));
    row.classList.toggle("is-dim", !there);
  }
}

/**
 * One thin line through every lane of the bar; positions are classes, as the page allows no inline styles.
 * @param {number | null} quarter
 */
function markBar(quarter) {
  for (const mark of document.querySelectorAll(".lane__moment")) mark.remove();
  if (quarter === null) return;
  for (const lane of document.querySelectorAll(".review__day ul.lane")) {
    const mark = document.createElement("li");
    mark.className = `lane__moment s-${quarter} e-${quarter + 1}`;
    mark.setAttribute("aria-hidden", "true");
    lane.append(mark);
  }
}

/** @param {HTMLElement} box */
function wire(box) {
  const slider = box.querySelector("input");
  const output = box.querySelector("output");
  const section = /** @type {MapSection} */ (document.querySelector(".map[data-map]"));
  const start = Date.parse(box.dataset.start);

  /** @param {number | null} moment */
  function show(moment) {
    output.value = moment ? clock(moment, box.dataset.zone) : box.dataset.all;
    slider.setAttribute("aria-valuetext", output.value);
    dimRows(moment);
    markBar(moment && Number(slider.value));
    section.map.ready.then(() => section.map.setMoment(moment && new Date(moment).toISOString()));
  }

  slider.max = String((Date.parse(box.dataset.end) - start) / (minutesAStep * 60000) - 1);
  // Left of the first moment lies the whole day.
  slider.addEventListener("input", () => {
    const step = Number(slider.value);
    show(step < 0 ? null : start + step * minutesAStep * 60000);
  });
  box.querySelector("button").addEventListener("click", () => {
    slider.value = slider.min;
    show(null);
  });
  box.hidden = false;
  slider.setAttribute("aria-valuetext", output.value);
}

/** A panel that opens takes the focus to its field, never to a button that decides; Escape closes it and gives it back. */
function openPanels() {
  /** @type {NodeListOf<HTMLDetailsElement>} */
  const panels = document.querySelectorAll(".decision-bar details");
  for (const panel of panels) {
    panel.addEventListener("toggle", () => {
      /** @type {HTMLElement} */
      const first = panel.querySelector("textarea");
      if (panel.open) first?.focus({ preventScroll: true });
    });
    panel.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.isComposing) return;
      panel.open = false;
      panel.querySelector("summary").focus();
    });
  }
}

/**
 * The column ends at the lower edge of the window wherever the page is scrolled to, so that the decision is in sight.
 * @param {HTMLElement} side
 */
function fitColumn(side) {
  const margin = 16;
  const top = Math.max(side.getBoundingClientRect().top, margin);
  side.style.setProperty("--room", `${window.innerHeight - top - margin}px`);
}

/** @type {HTMLElement} */
const side = document.querySelector(".review__side");
if (side) {
  const fit = () => fitColumn(side);
  for (const change of ["scroll", "resize"]) window.addEventListener(change, fit, { passive: true });
  fit();
}

/** @type {NodeListOf<HTMLElement>} */
const boxes = document.querySelectorAll("[data-moment]");
for (const box of boxes) wire(box);
openPanels();
