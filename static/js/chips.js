/* A pressed chip marks its row in the facts, and every chip of the same fact. */
const note = document.querySelector("[data-chip-note]");

function apply() {
  const id = location.hash.slice(1);
  for (const chip of document.querySelectorAll("a.chip")) {
    if (id && chip.getAttribute("href") === "#" + id) chip.setAttribute("aria-current", "true");
    else chip.removeAttribute("aria-current");
  }
  const isFact = id && document.getElementById(id)?.classList.contains("fact");
  if (note) note.textContent = isFact ? id + " is marked, because its chip was pressed" : "";
}

addEventListener("hashchange", apply);
apply();
