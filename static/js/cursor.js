/* A cursor over the days of a chart: arrow keys, Home and End, or the pointer. */
const plot = document.querySelector("[data-days]");
const days = plot ? JSON.parse(document.getElementById(plot.dataset.days).textContent) : [];
const told = document.querySelector("[data-at-cursor]");
const STEPS = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity };
let place = days.findIndex((day) => day.first);

function show() {
  const rule = plot.querySelector(".cursor");
  const left = parseFloat(getComputedStyle(plot.querySelector("svg")).paddingLeft);
  rule.style.left = left + ((place + 0.5) / days.length) * (plot.clientWidth - left) + "px";
  rule.hidden = false;
  told.textContent = days[place].said;
}

function move(to) {
  place = Math.min(Math.max(to, 0), days.length - 1);
  show();
}

if (days.length) {
  plot.addEventListener("focus", () => move(place));
  plot.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (step === undefined) return;
    event.preventDefault();
    move(place + step);
  });
  plot.addEventListener("pointermove", (event) => {
    const left = parseFloat(getComputedStyle(plot.querySelector("svg")).paddingLeft);
    const across = event.clientX - plot.getBoundingClientRect().left - left;
    move(Math.floor((across / (plot.clientWidth - left)) * days.length));
  });
}
