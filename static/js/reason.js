/* The reason of a stop: a dialog, one POST, and the page's fresh copy. */
const dialog = document.getElementById("reason");
const problem = dialog.querySelector(".error");
let stop = null;

/* A link from another page names the stop. */
const named = location.hash === "#explain" ? document.getElementById("explain") : document.querySelector(`${location.hash.match(/^#stop-\d+$/) || "#none"} [data-explain]`);
if (named) setTimeout(() => named.click());

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-explain]");
  if (!button) return;
  stop = button.dataset.explain;
  problem.hidden = true;
  dialog.querySelector("[data-when]").textContent = button.dataset.when;
  dialog.showModal();
});

dialog.querySelector("form").addEventListener("submit", async (event) => {
  if (event.submitter.value !== "save") return;
  event.preventDefault();
  const form = new FormData(event.target);
  const answer = await fetch(`/api/stops/${stop}/reason`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": document.querySelector("[name=csrfmiddlewaretoken]").value },
    body: JSON.stringify({ reason: form.get("reason"), note: form.get("note") }),
  });
  if (answer.ok) return location.reload();
  problem.textContent = (await answer.json()).message;
  problem.hidden = false;
});
