// One ticket: panels without a new page, drafts that survive a reload and a lost session, news that waits to be let in.
const ticket = document.querySelector("[data-ticket]");
const panels = [...document.querySelectorAll("[data-panel]")];
const tabs = [...document.querySelectorAll("[data-opens]")];

const open = (name) => {
  for (const panel of panels) panel.hidden = panel.dataset.panel !== name;
  for (const tab of tabs) {
    if (tab.dataset.opens === name) tab.setAttribute("aria-current", "true");
    else tab.removeAttribute("aria-current");
  }
  const panel = panels.find((each) => each.dataset.panel === name);
  panel?.querySelector("textarea, input:not([type=hidden]), select")?.focus();
  panel?.scrollIntoView({ block: "nearest" });
};

for (const tab of tabs) {
  tab.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(tab.dataset.opens);
    history.replaceState(null, "", tab.href);
  });
}

// Drafts lie in this tab's storage only: they survive a reload and a new sign-in, and go when the tab is closed.
const PREFIX = `vidare-draft:${ticket.dataset.ticket}:`;
const at = new URLSearchParams(location.search);
if (at.has("done")) {
  for (const key of Object.keys(sessionStorage)) if (key.startsWith(PREFIX + at.get("done"))) sessionStorage.removeItem(key);
}
const DONE = { reply: "replied", note: "noted", evidence: "asked", disapprove: "disapproved", transfer: "transferred", resolve: "resolved", reopen: "reopened" };
for (const field of document.querySelectorAll("[data-draft]")) {
  const key = PREFIX + DONE[field.form.dataset.panel];
  const kept = sessionStorage.getItem(key);
  if (kept && field.value === "") {
    field.value = kept;
    const told = document.createElement("span");
    told.className = "draft-kept";
    told.textContent = "Your draft is back.";
    field.form.querySelector(".send").append(told);
  }
  field.addEventListener("input", () => {
    if (field.value) sessionStorage.setItem(key, field.value);
    else sessionStorage.removeItem(key);
  });
}

// A second click must not send twice; the server would refuse it, but the page would say so.
for (const panel of panels) {
  panel.addEventListener("submit", (event) => setTimeout(() => {
    if (event.submitter?.formTarget) return; // a look at the letter, in a page of its own
    for (const button of panel.querySelectorAll("button")) button.disabled = true;
  }));
}
addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("[data-panel] button")) button.disabled = false;
});

const news = document.querySelector(".news button");
news.addEventListener("click", () => location.assign(location.pathname));
const look = async () => {
  if (document.hidden) return;
  let answer;
  try {
    answer = await fetch(ticket.dataset.liveTicket, { headers: { "X-Requested-With": "live", Accept: "application/json" } });
  } catch {
    return;
  }
  if (answer.status === 401) {
    news.textContent = "Your session is over. What you typed is kept: sign in again.";
    news.hidden = false;
    clearInterval(timer);
  } else if (answer.ok && (await answer.json()).line > Number(ticket.dataset.line)) {
    news.textContent = "Something happened on this ticket – show it";
    news.hidden = false;
  }
};
const timer = setInterval(look, 8000);
document.addEventListener("visibilitychange", look);
