// A ticket's page: opens panels without a request, keeps drafts over a reload or a lost session, announces news.
import { forgetFinishedDraft, keepDraft } from "./drafts.js";

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

forgetFinishedDraft(ticket.dataset.ticket);
for (const panel of panels) if (panel.querySelector("[data-draft]")) keepDraft(panel, ticket.dataset.ticket);

// Disable the buttons after a click: the server ignores a second one, but its answer would replace the first.
for (const panel of panels) {
  panel.addEventListener("submit", (event) => setTimeout(() => {
    if (event.submitter?.formTarget) return; // the preview opens in a page of its own
    for (const button of panel.querySelectorAll("button")) button.disabled = true;
  }));
}
addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("[data-panel] button")) button.disabled = false;
});

const news = document.querySelector(".news button");
news.addEventListener("click", () => location.reload());
const look = async () => {
  if (document.hidden) return;
  let answer;
  try {
    answer = await fetch(ticket.dataset.liveTicket, { headers: { "X-Requested-With": "live", Accept: "application/json" } });
  } catch {
    return;
  }
  if (answer.status === 401) {
    news.textContent = "Your session has ended. Your draft is kept: sign in again.";
    news.hidden = false;
    clearInterval(timer);
  } else if (answer.ok && (await answer.json()).line > Number(ticket.dataset.line)) {
    news.textContent = "This ticket has news: show it";
    news.hidden = false;
  }
};
const timer = setInterval(look, 8000);
document.addEventListener("visibilitychange", look);
