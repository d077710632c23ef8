/* The machine's signals over two hours: one chart a signal, one time axis below the last, one cursor
   for all; breaks and stops shaded, limits dashed, live values appended. */
import { onMachine } from "./live.js";
import { number, time } from "./format.js";

const SPAN_S = 7200;
const HEIGHT = 116;
const AXIS = 24;
const SHADES = { planned: ["--idle", 0.35], down: ["--down", 0.12], changeover: ["--changeover", 0.12], no_data: ["--idle", 0.2] };
const charts = new Map();
const figures = [...document.querySelectorAll("[data-signal]")];
const machine = document.querySelector("[data-machine-page]").dataset.machinePage;
const told = document.querySelector("[data-cursor]");
const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const clock = (second) => time(new Date(second * 1000).toISOString());
const height = (figure) => HEIGHT + (figure === figures.at(-1) ? AXIS : 0);

/* A round scale around the values; a limit belongs to it where it is not far away. */
function scale(values, limits) {
  const known = values.filter((value) => value != null);
  if (!known.length) return [0, 1];
  let [low, high] = [Math.min(...known), Math.max(...known)];
  const near = (high - low || Math.abs(high) || 1) * 0.75;
  for (const limit of limits) {
    if (limit > high && limit - high < near) high = limit;
    if (limit < low && low - limit < near) low = limit;
  }
  const room = (high - low || Math.abs(high) || 1) * 1.1;
  const power = 10 ** Math.floor(Math.log10(room));
  const step = power * ([0.2, 0.5, 1, 2].find((one) => room / (power * one) <= 5) || 2);
  const tidy = (value) => Number(value.toFixed(6));
  return [tidy(Math.floor(low / step) * step), tidy(Math.ceil(high / step) * step || step)];
}

function options(figure, plot, series) {
  const limits = [series.min, series.max].filter((limit) => limit != null);
  const isLast = figure === figures.at(-1);
  return {
    width: plot.clientWidth, height: height(figure), legend: { show: false }, padding: [8, 0, isLast ? 0 : 8, 0],
    cursor: { y: false, sync: { key: "signals" }, drag: { x: false, y: false }, points: { size: 8, fill: color("--panel"), stroke: color("--link"), width: 2 } },
    scales: { x: { time: true }, y: { range: (chart) => scale(chart.data[1], limits) } },
    axes: [
      { show: isLast, size: AXIS, stroke: () => color("--muted"), grid: { show: false }, ticks: { show: false }, font: '12px "IBM Plex Sans"',
        values: (chart, ticks) => ticks.map((tick) => (Math.abs(chart.valToPos(tick, "x") / chart.width - 0.5) < 0.46 ? clock(tick) : "")) },
      { show: false },
    ],
    series: [{}, { stroke: () => color("--ink"), width: 1.25, points: { show: false } }],
    hooks: {
      drawClear: [shade],
      draw: [(chart) => rule(chart, limits)],
      setCursor: [(chart) => tell(figure, chart)],
      setScale: [(chart, key) => key === "y" && label(figure, chart, limits)],
    },
  };
}

/* What the machine did meanwhile, as columns across all charts. */
function shade(chart) {
  const { ctx, bbox } = chart;
  for (const [start, end, kind] of JSON.parse(document.getElementById("bands").textContent)) {
    const [from, to] = [start, end].map((at) => Math.min(Math.max(chart.valToPos(at, "x", true), bbox.left), bbox.left + bbox.width));
    const [name, alpha] = SHADES[kind];
    ctx.save();
    ctx.globalAlpha = alpha;
    ctx.fillStyle = color(name);
    ctx.fillRect(from, 0, to - from, bbox.top + bbox.height);
    ctx.restore();
  }
}

/* At the very edge of the scale a limit needs no line. */
const inside = (chart, limits) => limits.filter((one) => one > chart.scales.y.min && one < chart.scales.y.max);

function rule(chart, limits) {
  const { ctx, bbox } = chart;
  for (const limit of inside(chart, limits)) {
    const y = chart.valToPos(limit, "y", true);
    ctx.save();
    ctx.strokeStyle = color("--down");
    ctx.setLineDash([5 * devicePixelRatio, 4 * devicePixelRatio]);
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
    ctx.restore();
  }
}

function label(figure, chart, limits) {
  const { min, max } = chart.scales.y;
  const marks = inside(chart, limits).map((limit) => {
    const mark = Object.assign(document.createElement("b"), { textContent: "limit " + number(limit) });
    mark.style.top = `${8 + (HEIGHT - 16) * (1 - (limit - min) / (max - min)) - 8}px`;
    return mark;
  });
  const range = Object.assign(document.createElement("span"), { textContent: `axis ${trim(min)}–${trim(max)}` });
  figure.querySelector("[data-scale]").replaceChildren(...marks, range);
}
const trim = (value) => String(value).replace("-", "\u2212");

function tell(figure, chart) {
  const index = chart.cursor.idx;
  const value = index == null || chart.cursor.left < 0 ? null : chart.data[1][index];
  figure.querySelector("[data-at-cursor]").textContent = value == null ? "" : `${number(value)} at ${clock(chart.data[0][index])}`;
  if (value != null) told.textContent = `Cursor ${clock(chart.data[0][index])} · arrow keys move it`;
}

function steer(plot, chart) {
  plot.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, PageUp: 30, PageDown: -30, Home: -Infinity, End: Infinity }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const last = chart.data[0].length - 1;
    const index = Math.max(0, Math.min(last, (chart.cursor.idx ?? last) + step));
    chart.setCursor({ left: chart.valToPos(chart.data[0][index], "x"), top: 10 }, true, true);
    const { signal, unit } = plot.closest("figure").dataset;
    plot.setAttribute("aria-label", `${signal}: ${number(chart.data[1][index])} ${unit} at ${clock(chart.data[0][index])}`);
  });
}

async function load() {
  const to = new Date();
  const from = new Date(to - SPAN_S * 1000);
  const query = new URLSearchParams({ from: from.toISOString(), to: to.toISOString(), points: 600 });
  const answer = await fetch(`/api/machines/${encodeURIComponent(machine)}/series?${query}`, { headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  for (const series of (await answer.json()).series) {
    const figure = figures.find((one) => one.dataset.signal === series.name);
    if (!figure) continue;
    const plot = figure.querySelector(".plot");
    const chart = new uPlot(options(figure, plot, series), [series.t, series.v], plot);
    charts.set(figure, chart);
    steer(plot, chart);
  }
}

onMachine((data) => {
  if (data.machine_id !== machine) return;
  for (const [figure, chart] of charts) {
    const signal = data.signals[figure.dataset.signal];
    if (!signal || typeof signal.value !== "number") continue;
    const at = new Date(signal.source_timestamp) / 1000;
    const [times, values] = chart.data;
    if (times.length && at <= times[times.length - 1]) continue;
    const first = times.findIndex((time) => time > at - SPAN_S);
    chart.setData([[...times.slice(Math.max(first, 0)), at], [...values.slice(Math.max(first, 0)), signal.value]]);
  }
});

const redraw = () => charts.forEach((chart, figure) => chart.setSize({ width: figure.querySelector(".plot").clientWidth, height: height(figure) }));
addEventListener("resize", redraw);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ["data-theme"] });
load();
