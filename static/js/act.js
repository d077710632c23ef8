/* Forms that ask the API to do something: one POST, then the page's fresh copy or what went wrong. */
document.addEventListener("submit", async (event) => {
  const form = event.target.closest("form[data-act]");
  if (!form) return;
  event.preventDefault();
  const button = event.submitter;
  const { csrfmiddlewaretoken, ...body } = Object.fromEntries(new FormData(form));
  button.disabled = true;
  const answer = await fetch(form.action, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": csrfmiddlewaretoken },
    body: JSON.stringify(body),
  }).catch(() => null);
  if (answer?.ok) return location.reload();
  button.disabled = false;
  const said = answer ? (await answer.json().catch(() => ({}))).message : "";
  const problem = form.querySelector("[role=alert]");
  problem.textContent = said || "AMIS did not answer; try again.";
  problem.hidden = false;
});

/* A choice takes effect at once; without a script its form has a button. */
document.addEventListener("change", (event) => event.target.closest("form[data-pick]")?.submit());
