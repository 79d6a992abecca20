// Stores drafts in this tab, one for each person, ticket and form. They survive a reload and a new sign-in, are not shown to another
// person who signs in here, and are deleted when the tab is closed.
const PREFIX = "vidare-draft";

const keyOf = (ticket, panel) => [PREFIX, document.body.dataset.person, ticket, panel].join(":");
const fieldsOf = (form) => [...form.elements].filter((field) => field.name && !["hidden", "submit", "button", "file"].includes(field.type));

// Deletes the draft of the action that the page names as done. Only once: a later draft must survive a reload of this address.
export function forgetFinishedDraft(ticket) {
  const panel = document.querySelector("[data-done-panel]")?.dataset.donePanel;
  if (!panel || !ticket || history.state?.forgotten) return;
  sessionStorage.removeItem(keyOf(ticket, panel));
  history.replaceState({ forgotten: true }, "");
}

const read = (form) => fieldsOf(form).map((field) => (field.type === "checkbox" ? field.checked : field.value));

const restore = (form, values) => {
  fieldsOf(form).forEach((field, index) => {
    if (field.type === "checkbox") field.checked = values[index] === true;
    else if (typeof values[index] === "string") field.value = values[index];
  });
  const told = document.createElement("span");
  told.className = "draft-kept";
  told.textContent = "Your draft was restored.";
  form.querySelector(".send").append(told);
};

// A form that the server returned with errors holds newer input than the draft.
export function keepDraft(form, ticket) {
  const key = keyOf(ticket, form.dataset.panel);
  const untouched = read(form);
  const same = (values) => JSON.stringify(values) === JSON.stringify(untouched);
  const kept = JSON.parse(sessionStorage.getItem(key) ?? "null");
  if (kept?.length === untouched.length && !same(kept) && !form.querySelector(".alert")) restore(form, kept);
  form.addEventListener("input", () => {
    const values = read(form);
    if (same(values)) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, JSON.stringify(values));
  });
}
