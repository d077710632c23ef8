/* A pressed chip marks its row in the facts, and every chip of the same fact. On a phone the facts are folded until one is asked for. */
const note = document.querySelector("[data-chip-note]");
const NARROW = "(max-width: 700px)";

function apply() {
  const id = location.hash.slice(1);
  for (const chip of document.querySelectorAll("a.chip")) {
    if (id && chip.getAttribute("href") === "#" + id) chip.setAttribute("aria-current", "true");
    else chip.removeAttribute("aria-current");
  }
  const row = id && document.getElementById(id);
  const isFact = row && row.classList.contains("fact");
  const folded = isFact && row.closest("details:not([open])");
  if (folded) {
    folded.open = true;
    row.scrollIntoView();
  }
  if (note) note.textContent = isFact ? id + " is marked, because its chip was pressed" : "";
}

if (matchMedia(NARROW).matches) for (const one of document.querySelectorAll("details[data-fold]")) one.open = false;
addEventListener("hashchange", apply);
apply();
