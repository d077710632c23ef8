/* Forms whose fields are lists, lines, switches and days: sent as JSON, each fault shown beside its field. */
const DAY_MS = 86_400_000;

/* How a field's value is read; a list is all that is ticked under one name. */
const READ = {
  flag: (field) => field.checked,
  lines: (field) => field.value.split(/[\s,;]+/).filter(Boolean),
  after: (field) => field.value && new Date(Date.parse(field.value) + DAY_MS).toISOString().slice(0, 10),
};

function bodyOf(form) {
  const body = {};
  for (const field of form.elements) {
    if (!field.name || field.name === "csrfmiddlewaretoken") continue;
    if (field.dataset.as === "list") {
      body[field.name] ??= [];
      if (field.checked || field.type === "hidden") body[field.name].push(field.value);
    } else body[field.name] = (READ[field.dataset.as] ?? ((one) => one.value))(field);
  }
  return body;
}

function tell(form, problem) {
  const faults = Object.fromEntries((problem.extra?.errors ?? []).map((one) => [one.field, one.message]));
  for (const place of form.querySelectorAll("[data-error]")) {
    place.textContent = faults[place.dataset.error] ?? "";
    for (const field of form.querySelectorAll(`[name="${place.dataset.error}"]`)) {
      field.toggleAttribute("aria-invalid", place.textContent !== "");
    }
  }
  const said = form.querySelector("[role=alert]");
  said.textContent = problem.message ?? "AMIS did not answer; try again.";
  said.hidden = false;
  form.querySelector("[aria-invalid]")?.focus();
}

document.addEventListener("submit", async (event) => {
  const form = event.target.closest("form[data-json]");
  if (!form) return;
  event.preventDefault();
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  event.submitter.disabled = true;
  const answer = await fetch(form.action, {
    method: form.dataset.method ?? "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token },
    body: JSON.stringify(bodyOf(form)),
  }).catch(() => null);
  if (answer?.ok) return location.reload();
  event.submitter.disabled = false;
  tell(form, answer ? await answer.json().catch(() => ({})) : {});
});
