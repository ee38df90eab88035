// The review's time slider: dims what is not there at a moment, on the map and in the list, and marks the day's bar.
const minutesAStep = 15;

function clock(moment, zone) {
  const parts = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone };
  return new Intl.DateTimeFormat("en-GB", parts).format(moment);
}

function dimRows(moment) {
  for (const row of document.querySelectorAll("tr[data-start]")) {
    const there = !moment || (Date.parse(row.dataset.start) <= moment && moment < Date.parse(row.dataset.end));
    row.classList.toggle("is-dim", !there);
  }
}

/** One thin line through every lane of the bar; positions are classes, as the page allows no inline styles. */
function markBar(quarter) {
  document.querySelectorAll(".lane__moment").forEach((mark) => mark.remove());
  if (quarter === null) return;
  for (const lane of document.querySelectorAll(".review__day ul.lane")) {
    const mark = document.createElement("li");
    mark.className = `lane__moment s-${quarter} e-${quarter + 1}`;
    mark.setAttribute("aria-hidden", "true");
    lane.append(mark);
  }
}

function wire(box) {
  const slider = box.querySelector("input");
  const output = box.querySelector("output");
  const section = document.querySelector(".map[data-map]");
  const start = Date.parse(box.dataset.start);

  function show(moment) {
    output.value = moment ? clock(moment, box.dataset.zone) : box.dataset.all;
    slider.setAttribute("aria-valuetext", output.value);
    dimRows(moment);
    markBar(moment && Number(slider.value));
    section.map.ready.then(() => section.map.setMoment(moment && new Date(moment).toISOString()));
  }

  slider.max = (Date.parse(box.dataset.end) - start) / (minutesAStep * 60000) - 1;
  slider.addEventListener("input", () => show(start + slider.value * minutesAStep * 60000));
  box.querySelector("button").addEventListener("click", () => show(null));
  box.hidden = false;
  slider.setAttribute("aria-valuetext", output.value);
}

/** A panel that opens takes the focus to its first field; Escape closes it and gives the focus back. */
function openPanels() {
  for (const panel of document.querySelectorAll(".decision-bar details")) {
    panel.addEventListener("toggle", () => {
      if (panel.open) panel.querySelector("textarea, button").focus({ preventScroll: true });
    });
    panel.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.isComposing) return;
      panel.open = false;
      panel.querySelector("summary").focus();
    });
  }
}

document.querySelectorAll("[data-moment]").forEach(wire);
openPanels();
