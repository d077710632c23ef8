/* The machine's signals over two hours: one chart a signal, one cursor for all, live values appended. */
import { onMachine } from "./live.js";
import { number, time } from "./format.js";

const SPAN_S = 7200;
const charts = new Map();
const figures = [...document.querySelectorAll("[data-signal]")];
const machine = document.querySelector("[data-machine-page]").dataset.machinePage;
const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function options(plot) {
  const axis = { stroke: color("--muted"), grid: { stroke: color("--line"), width: 1 }, ticks: { show: false }, font: "12px IBM Plex Sans" };
  return {
    width: plot.clientWidth, height: 96, legend: { show: false },
    cursor: { sync: { key: "signals" }, drag: { x: false, y: false }, points: { size: 7 } },
    scales: { x: { time: true }, y: { range: (_, low, high) => [low - (high - low || 1) * 0.1, high + (high - low || 1) * 0.1] } },
    axes: [{ ...axis, size: 24, values: (_, ticks) => ticks.map((tick) => time(new Date(tick * 1000).toISOString())) }, { ...axis, size: 40 }],
    series: [{}, { stroke: color("--ink"), width: 1.5, points: { show: false } }],
    hooks: { setCursor: [(chart) => tell(plot, chart)] },
  };
}

function tell(plot, chart) {
  const index = chart.cursor.idx;
  const value = index == null ? null : chart.data[1][index];
  plot.title = value == null ? "" : number(value);
}

function steer(plot, chart) {
  plot.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const last = chart.data[0].length - 1;
    const index = Math.max(0, Math.min(last, (chart.cursor.idx ?? last) + step));
    chart.setCursor({ left: chart.valToPos(chart.data[0][index], "x"), top: 10 });
    plot.setAttribute("aria-label", `${plot.closest("figure").dataset.signal}: ${number(chart.data[1][index])}`);
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
    const chart = new uPlot(options(plot), [series.t, series.v], plot);
    charts.set(series.name, chart);
    steer(plot, chart);
  }
}

onMachine((data) => {
  if (data.machine_id !== machine) return;
  for (const [name, chart] of charts) {
    const signal = data.signals[name];
    if (!signal || typeof signal.value !== "number") continue;
    const at = new Date(signal.source_timestamp) / 1000;
    const [times, values] = chart.data;
    if (times.length && at <= times[times.length - 1]) continue;
    const first = times.findIndex((time) => time > at - SPAN_S);
    chart.setData([[...times.slice(Math.max(first, 0)), at], [...values.slice(Math.max(first, 0)), signal.value]]);
  }
});
addEventListener("resize", () => charts.forEach((chart) => chart.setSize({ width: chart.root.parentElement.clientWidth, height: 96 })));
load();
