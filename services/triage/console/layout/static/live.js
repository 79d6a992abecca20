// Live updates: one stream of events a browser, shared by its tabs. Without a stream the pages ask every few seconds, as before.
const { stream, streamToken, csrf, person } = document.body.dataset;
const NAMES = ["ticket.changed", "queue.changed", "mention", "notification", "presence", "resync"];
const FALLBACK_EVERY = 8000;
const SOONEST_AGAIN = 1000;
const LATEST_AGAIN = 60000;
export const DESKTOP = "vidare-desktop";

const listeners = new Set();
let up = false;
let leads = false;
let lastId = "";

export const isLive = () => up;
export const onLive = (listener) => listeners.add(listener);

const deliver = (event) => {
  if (event.name === "up" || event.name === "down") up = event.name === "up";
  if (event.id) lastId = event.id;
  for (const listener of listeners) listener(event);
};

const channel = stream ? new BroadcastChannel(`vidare-live-${person}`) : null;
const tell = (event) => {
  channel.postMessage(event);
  deliver(event);
};

// The leader's answer to a tab that was opened later.
const follow = () => {
  channel.addEventListener("message", ({ data }) => {
    if (data.name !== "who") deliver(data);
    else if (leads && up) channel.postMessage({ name: "up", id: lastId });
  });
  channel.postMessage({ name: "who" });
};

// Resolves when the stream is lost; false: the session is over, so that it is useless to try again.
const readStream = async () => {
  let answer;
  try {
    answer = await fetch(streamToken, { method: "POST", body: new URLSearchParams({ csrf_token: csrf }), headers: { "X-Requested-With": "live" } });
  } catch {
    return true;
  }
  if (answer.status === 401 || answer.status === 403) return false;
  if (!answer.ok) return true;
  const { token } = await answer.json();
  const source = new EventSource(`${stream}?${new URLSearchParams({ token, last_event_id: lastId })}`);
  for (const name of NAMES) {
    source.addEventListener(name, (event) => tell({ name, id: event.lastEventId, data: JSON.parse(event.data) }));
  }
  source.addEventListener("open", () => tell({ name: "up" }));
  // A token opens one stream, so the browser must not try again by itself.
  await new Promise((lost) => source.addEventListener("error", lost));
  source.close();
  tell({ name: "down" });
  return true;
};

const lead = async () => {
  leads = true;
  tell({ name: "down" }); // a leader that was closed could not
  let wait = SOONEST_AGAIN;
  for (;;) {
    const began = Date.now();
    if (!(await readStream())) return new Promise(() => {}); // this tab stays the leader of nothing until it is reloaded
    wait = Date.now() - began > LATEST_AGAIN ? SOONEST_AGAIN : Math.min(wait * 2, LATEST_AGAIN);
    await new Promise((again) => setTimeout(again, wait * (0.5 + Math.random())));
  }
};

// Calls `ask` soon after an event that concerns the page, at most once in `spacing`; without a stream every few seconds. Returns how to stop.
export function keepFresh(ask, concerns, spacing) {
  let due = 0;
  let asked = 0;
  const now = () => {
    asked = Date.now();
    ask();
  };
  const soon = () => {
    if (due || document.hidden) return;
    // Many consoles hear of a change at the same time.
    const wait = Math.max(Math.random() * 300, asked + spacing - Date.now());
    due = setTimeout(() => { due = 0; now(); }, wait);
  };
  const heard = (event) => {
    if (event.name === "up" || event.name === "resync" || concerns(event)) soon();
  };
  onLive(heard);
  const timer = setInterval(() => { if (!up) now(); }, FALLBACK_EVERY);
  document.addEventListener("visibilitychange", now);
  return () => {
    clearInterval(timer);
    clearTimeout(due);
    listeners.delete(heard);
  };
}

const inbox = document.querySelector("[data-inbox]");
const isForMe = (event) => event.name === "mention" || event.name === "notification";
const countOne = () => {
  const count = inbox.querySelector(".count");
  const unread = Number(count.dataset.unread) + 1;
  count.dataset.unread = unread;
  count.textContent = unread > 99 ? "99+" : unread;
  count.hidden = false;
  inbox.querySelector(".unseen").textContent = `, ${unread} unread`;
};

const showOnDesktop = (event) => {
  if (!("Notification" in window) || Notification.permission !== "granted" || localStorage.getItem(DESKTOP) !== "on") return;
  const title = event.name === "mention" ? "You were mentioned" : "News of a ticket";
  const shown = new Notification(title, { body: event.data.reference, tag: event.id });
  shown.addEventListener("click", () => {
    window.focus();
    location.assign(`/tickets/${event.data.reference}`);
  });
};

if (stream) {
  onLive((event) => {
    if (!isForMe(event)) return;
    if (inbox) countOne();
    if (leads) showOnDesktop(event);
  });
  follow();
  // Locks exist over TLS and on this machine; elsewhere each tab has its own stream.
  if (navigator.locks) navigator.locks.request(`vidare-live-${person}`, lead);
  else lead();
}
