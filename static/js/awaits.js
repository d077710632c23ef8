/* A page that waits for its first model looks whether something changed, and only then loads anew. */
const EVERY_MS = 5000;
const told = (page) => [...page.querySelectorAll("[data-insufficient] li, [data-job]")].map((one) => one.dataset.job ?? one.textContent).join("\n");

async function look() {
  const answer = document.hidden ? null : await fetch(location.href).catch(() => null);
  if (answer?.ok) {
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (told(fresh) !== told(document)) return location.reload();
  }
  setTimeout(look, EVERY_MS);
}

setTimeout(look, EVERY_MS);
