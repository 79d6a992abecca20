// A ticket's page: opens panels without a request, keeps drafts over a reload or a lost session, announces news and shows them in place.
import { forgetFinishedDraft, keepDraft } from "./drafts.js";
import { keepFresh } from "./live.js";

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

// What is replaced by "show": never a form that somebody may be writing in.
const PARTS = ["#conversation", ".ticket-head .crumbs", ".ticket-side"];
const KNOWN = ["line", "seen", "version"];
const news = document.querySelector(".news button");

const panelNames = (page) => [...page.querySelectorAll("[data-panel]")].map((each) => each.dataset.panel).join();

const showNews = async () => {
  const answer = await fetch(location.pathname, { headers: { Accept: "text/html" } });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const bar = (from) => from.querySelector(".claim-bar")?.className;
  // Another claim or state offers other actions: the page is loaded anew, and the draft is kept.
  if (!answer.ok || panelNames(page) !== panelNames(document) || bar(page) !== bar(document)) return location.reload();
  for (const part of PARTS) {
    const old = document.querySelector(part);
    if (!old.matches(".ticket-side:focus-within")) old.replaceWith(page.querySelector(part));
  }
  for (const name of KNOWN) {
    const value = page.querySelector(`[data-panel] input[name=${name}]`)?.value;
    for (const input of document.querySelectorAll(`[data-panel] input[name=${name}]`)) if (value !== undefined) input.value = value;
  }
  ticket.dataset.line = page.querySelector("[data-ticket]").dataset.line;
  news.hidden = true;
  document.dispatchEvent(new CustomEvent("conversation-changed"));
  document.getElementById("newest").scrollIntoView({ block: "nearest" });
};
news.addEventListener("click", () => showNews().catch(() => location.reload()));

const look = async () => {
  if (document.hidden) return;
  let answer;
  try {
    answer = await fetch(`${ticket.dataset.liveTicket}?line=${ticket.dataset.line}`, { headers: { "X-Requested-With": "live", Accept: "application/json" } });
  } catch {
    return;
  }
  if (answer.status === 401) {
    news.textContent = "Your session has ended. Your draft is kept: sign in again.";
    news.hidden = false;
    stop();
  } else if (answer.ok) {
    const { line, words } = await answer.json();
    if (line <= Number(ticket.dataset.line)) return;
    news.textContent = `${words}: show it`;
    news.hidden = false;
  }
};
const stop = keepFresh(look, (event) => event.name === "ticket.changed" && event.data.reference === ticket.dataset.ticket, 1000);
