/* The progress of a job, asked for until it ends; then the page's fresh copy says what it made. */
import { duration } from "./format.js";

const EVERY_MS = 1000;
const RUNS = ["queued", "running"];
const place = document.querySelector("[data-job]");

async function ask() {
  const answer = await fetch(`/api/jobs/${place.dataset.job}`, { headers: { Accept: "application/json" } }).catch(() => null);
  if (answer?.ok) {
    const job = await answer.json();
    if (!RUNS.includes(job.state)) return location.reload();
    place.querySelector("progress").value = job.percent;
    place.querySelector("[data-percent]").textContent = Math.round(job.percent) + "\u00a0%";
    place.querySelector("[data-step]").textContent = job.step || "waiting for a worker";
    place.querySelector("[data-eta]").textContent = job.eta_s == null ? "" : ", about " + duration(job.eta_s) + " left";
  }
  setTimeout(ask, EVERY_MS);
}

if (place && RUNS.includes(place.dataset.state)) setTimeout(ask, EVERY_MS);
