/* The live page: open the socket and buffer, fetch the snapshot, apply newer events, then stream.
   `apply` is the only place that changes what the machines show. */
import * as read from "./format.js";

const frame = document.querySelector("[data-interval]");
const INTERVAL_MS = Number(frame.dataset.interval) * 1000;
const STALE_AFTER_S = 10;
const REFRESH_MS = 30000;
const SOON_MS = 3000;
const words = JSON.parse(document.getElementById("states").textContent);
const page = document.querySelector("[data-machine-page]");
const badge = document.querySelector("[data-live]");
const machines = new Map();
const listeners = new Set();
let applied = 0;
let lastFrame = 0;
let attempt = 0;
let polling = null;
let due = null;

export const onMachine = (listener) => listeners.add(listener);

window.amisLive = {
  snapshot: () => Object.fromEntries([...machines].map(([id, one]) => [id, one.data])),
  sequence: () => applied,
};

/* An event has the API's shape: one element of /api/machines/live, or all of them. */
function apply(event) {
  if (event.type === "snapshot") {
    applied = event.seq;
    event.data.machines.forEach(show);
  } else if (event.seq > applied) {
    applied = event.seq;
    if (event.type === "machine") show(event.data);
  }
}

function show(data) {
  const before = machines.get(data.machine_id);
  if (before && before.data.state !== data.state) soon();
  machines.set(data.machine_id, { data, received: Date.now() });
  paint(data.machine_id);
  listeners.forEach((listener) => listener(data));
}

function paint(id) {
  const { data, received } = machines.get(id);
  const age = data.age_s == null ? null : data.age_s + (Date.now() - received) / 1000;
  const silent = data.is_stale || age == null || age > STALE_AFTER_S;
  const [tone, word, icon] = words[silent ? "" : data.state || ""];
  const shift = data.shift || {};
  const text = {
    state: silent ? "no data" : word,
    for: silent ? read.duration(age) : read.duration((Date.now() - new Date(data.since)) / 1000),
    since: silent || !data.since ? "" : "since " + read.time(data.since),
    reason: silent ? "No sample arrives" : capital(data.reason) || (tone === "down" ? "No reason yet" : ""),
    oee: read.percent(shift.oee),
    units_produced: read.pieces(shift.units_produced),
    defective_units: read.pieces(shift.defective_units),
  };
  for (const [name, signal] of Object.entries(data.signals)) text["signal-" + name] = silent ? read.UNKNOWN : read.number(signal.value);
  for (const place of document.querySelectorAll(`[data-machine-id="${CSS.escape(id)}"]`)) {
    place.dataset.state = silent ? "no-data" : (data.state || "no-data").toLowerCase();
    place.dataset.tone = tone;
    const state = place.querySelector(".state");
    state.dataset.tone = tone;
    state.querySelector("use").setAttribute("href", "/static/vendor/icons.svg#" + icon);
    const speed = data.signals[place.dataset.rate] || {};
    write(place, { ...text, rate: silent ? read.UNKNOWN : read.number(speed.value) });
  }
  if (page && page.dataset.machinePage === id) write(page, text);
}

const capital = (words) => (words ? words[0].toUpperCase() + words.slice(1) : "");

function write(place, text) {
  for (const element of place.querySelectorAll("[data-metric]")) {
    const value = text[element.dataset.metric];
    if (value !== undefined && element.textContent !== value) element.textContent = value;
  }
}

async function fetchSnapshot() {
  const answer = await fetch("/api/machines/live", { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(answer.status);
  return answer.json();
}

function connect() {
  const scheme = location.protocol === "https:" ? "wss://" : "ws://";
  const socket = new WebSocket(scheme + location.host + "/ws/");
  socket.addEventListener("message", (message) => {
    attempt = 0;
    stopPolling();
    lastFrame = Date.now();
    apply(JSON.parse(message.data));
    tell();
  });
  socket.addEventListener("close", (closing) => {
    if (closing.code === 4403) location.reload();
    attempt += 1;
    tell();
    if (attempt > 1) startPolling();
    setTimeout(connect, Math.min(1000 * 2 ** attempt, 15000) * (0.5 + Math.random() / 2));
  });
}

function startPolling() {
  polling ??= setInterval(async () => {
    try {
      (await fetchSnapshot()).machines.forEach(show);
      lastFrame = Date.now();
    } catch { /* the badge says that nothing arrives */ }
    tell();
  }, INTERVAL_MS);
}

function stopPolling() {
  clearInterval(polling);
  polling = null;
}

/* The badge is live only while frames arrive in time. */
function tell() {
  const silence = (Date.now() - lastFrame) / 1000;
  const live = lastFrame && silence < (INTERVAL_MS / 1000) * 2;
  const [state, word] = live ? ["on", "Live"] : lastFrame ? ["lost", "Connection lost"] : ["wait", "Connecting"];
  if (badge.dataset.live !== state) {
    badge.dataset.live = state;
    badge.querySelector("b").textContent = word;
  }
  badge.querySelector("span").textContent = lastFrame ? silence.toFixed(1) + "\u00a0s" : "";
}

/* Strips, sums and tables are the server's: take them from a fresh copy of the page. */
async function refresh() {
  if (document.hidden || document.querySelector("dialog[open]")) return;
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const place of document.querySelectorAll("[data-refresh]")) {
    const copy = fresh.querySelector(`[data-refresh="${CSS.escape(place.dataset.refresh)}"]`);
    if (!copy || place.contains(document.activeElement)) continue;
    const opened = [...place.querySelectorAll("details")].map((one) => one.open);
    copy.querySelectorAll("details").forEach((one, n) => { one.open = opened[n]; });
    place.replaceWith(document.adoptNode(copy));
  }
  const tiles = document.getElementById("tiles");
  if (tiles && !tiles.contains(document.activeElement)) {
    const order = [...fresh.querySelectorAll("#tiles > [data-machine-id]")].map((one) => one.dataset.machineId);
    tiles.append(...order.map((id) => tiles.querySelector(`:scope > [data-machine-id="${CSS.escape(id)}"]`)).filter(Boolean));
  }
  machines.forEach((_, id) => paint(id));
}

/* A machine that changes its state changes its strip and the order of the tiles. */
function soon() {
  due ??= setTimeout(() => {
    due = null;
    refresh().catch(() => {});
  }, SOON_MS);
}

connect();
setInterval(() => {
  machines.forEach((_, id) => paint(id));
  const clock = document.querySelector("[data-clock] time");
  if (clock) clock.textContent = read.time(new Date().toISOString());
  tell();
}, 1000);
setInterval(() => refresh().catch(() => {}), REFRESH_MS);
