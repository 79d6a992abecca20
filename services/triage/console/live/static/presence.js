// Who else is at this ticket: tells the server what this page's reader does, and shows the others.
import { onLive } from "./live.js";

const ticket = document.querySelector("[data-presence]");
const EVERY = 25000;
const WRITES_FOR = 20000;
const EXPIRES = 61000;

if (ticket) {
  const line = document.querySelector("[data-present]");
  let wroteAt = 0;
  let told = "";
  let expiry = 0;

  const sentence = (present, doing, words) => {
    const names = present.filter((one) => one.doing === doing).map((one) => one.name);
    if (!names.length) return "";
    const last = names.pop();
    return `${names.length ? `${names.join(", ")} and ${last} are` : `${last} is`} ${words}.`;
  };

  const show = (present) => {
    const text = [sentence(present, "writing", "writing"), sentence(present, "viewing", "viewing this ticket")].filter(Boolean).join(" ");
    if (line.textContent !== text) line.textContent = text;
    line.hidden = text === "";
    clearTimeout(expiry);
    if (text) expiry = setTimeout(report, EXPIRES);
  };

  const report = async () => {
    const doing = document.hidden ? "left" : Date.now() - wroteAt < WRITES_FOR ? "writing" : "viewing";
    if (doing === "left" && told === "left") return;
    told = doing;
    const body = new URLSearchParams({ csrf_token: document.body.dataset.csrf, doing });
    try {
      const answer = await fetch(ticket.dataset.presence, { method: "POST", body, keepalive: true, headers: { "X-Requested-With": "live" } });
      if (answer.ok) show((await answer.json()).present);
    } catch {
      // No network: tried again in a while.
    }
  };

  document.addEventListener("input", (event) => {
    if (!event.target.closest("[data-panel]")) return;
    wroteAt = Date.now();
    if (told !== "writing") report();
  });
  onLive((event) => {
    if (event.name === "presence" && event.data.reference === ticket.dataset.ticket && !document.hidden) report();
  });
  document.addEventListener("visibilitychange", report);
  addEventListener("pagehide", () => {
    told = "left";
    navigator.sendBeacon(ticket.dataset.presence, new URLSearchParams({ csrf_token: document.body.dataset.csrf, doing: "left" }));
  });
  setInterval(report, EVERY);
  report();
}
