// Drafts lie in this tab's storage only, one a person, ticket and form: they survive a reload and a new sign-in, are shown to nobody
// else who signs in here, and go when the tab is closed.
const PREFIX = "vidare-draft";

const keyOf = (ticket, panel) => [PREFIX, document.body.dataset.person, ticket, panel].join(":");
const fieldsOf = (form) => [...form.elements].filter((field) => field.name && field.type !== "hidden" && field.type !== "submit");

// What the address says was just done needs no draft any more. Once: what is typed afterwards survives a reload of this very address.
export function forgetWhatIsDone(ticket) {
  const panel = document.querySelector("[data-done-panel]")?.dataset.donePanel;
  if (!panel || !ticket || history.state?.forgotten) return;
  sessionStorage.removeItem(keyOf(ticket, panel));
  history.replaceState({ forgotten: true }, "");
}

const read = (form) => fieldsOf(form).map((field) => (field.type === "checkbox" ? field.checked : field.value));

const restore = (form, values) => {
  fieldsOf(form).forEach((field, place) => {
    if (field.type === "checkbox") field.checked = values[place] === true;
    else if (typeof values[place] === "string") field.value = values[place];
  });
  const told = document.createElement("span");
  told.className = "draft-kept";
  told.textContent = "Your draft is back.";
  form.querySelector(".send").append(told);
};

// What the server sent back (a refusal, with everything typed) wins over the draft.
export function keepDraft(form, ticket) {
  const key = keyOf(ticket, form.dataset.panel);
  const untouched = read(form);
  const same = (values) => JSON.stringify(values) === JSON.stringify(untouched);
  const kept = JSON.parse(sessionStorage.getItem(key) ?? "null");
  if (kept?.length === untouched.length && !same(kept) && !form.querySelector(".fault")) restore(form, kept);
  form.addEventListener("input", () => {
    const values = read(form);
    if (same(values)) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, JSON.stringify(values));
  });
}
