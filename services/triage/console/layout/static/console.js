// Keyboard shortcuts, the help dialog, copy buttons, relative times. Every page works without this script.
import { forgetFinishedDraft } from "./drafts.js";
import "./live.js";
import { updateTimes } from "./times.js";

const sheet = document.getElementById("shortcuts");
const keysOn = document.getElementById("keys-on");
const KEPT = "vidare-keys";

if (keysOn) {
  keysOn.checked = localStorage.getItem(KEPT) !== "off";
  keysOn.addEventListener("change", () => localStorage.setItem(KEPT, keysOn.checked ? "on" : "off"));
}
for (const button of document.querySelectorAll("[data-help]")) {
  button.hidden = false;
  button.addEventListener("click", () => sheet.showModal());
}

for (const button of document.querySelectorAll("[data-copy]")) {
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    const words = button.textContent;
    button.textContent = "copied";
    setTimeout(() => { button.textContent = words; }, 1200);
  });
}

// Scroll a bar that is wider than the screen to the current page.
for (const here of document.querySelectorAll(".tabs [aria-current], .views [aria-current]")) here.scrollIntoView({ block: "nearest", inline: "nearest" });

const search = document.getElementById("q");
search?.addEventListener("input", () => search.classList.toggle("filled", search.value !== ""));

document.addEventListener("click", (event) => {
  const person = document.querySelector(".person[open]");
  if (person && !person.contains(event.target)) person.open = false;
});

const step = (by) => {
  const rows = [...document.querySelectorAll("[data-row]")];
  const at = rows.indexOf(document.activeElement);
  const next = rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + by))];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
};

const press = (key) => {
  const target = document.querySelector(`[aria-keyshortcuts="${key}"]:not([hidden]):not([disabled])`);
  if (!target) return false;
  if (target.matches("input")) target.focus();
  else target.click();
  target.closest("details[open]")?.querySelector("input:not([type=hidden])")?.focus();
  return true;
};

let goingTo = false;
const keys = {
  j: () => step(1),
  k: () => step(-1),
  "?": () => sheet?.showModal(),
  g: () => { goingTo = true; setTimeout(() => { goingTo = false; }, 1500); },
};

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
  if (event.key === "Escape" && document.querySelector(".person[open]")) document.querySelector(".person[open]").open = false;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.matches("textarea")) {
    event.target.form?.requestSubmit(event.target.form.querySelector(".send .button.main"));
    return;
  }
  if (typing || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (keysOn && !keysOn.checked && event.key !== "?") return;
  if (goingTo && /^[1-9]$/.test(event.key)) {
    document.querySelectorAll(".tabs [data-team]")[event.key - 1]?.click();
    return;
  }
  const known = keys[event.key];
  if (known) known();
  else if (event.key.length > 1 || !press(event.key)) return;
  event.preventDefault();
});

const gone = new URLSearchParams(location.search).get("ticket");
if (gone) forgetFinishedDraft(gone);
updateTimes();
setInterval(updateTimes, 15000);
