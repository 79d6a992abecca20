// Keeps the page of a ticket up to date, without touching what somebody is writing in it. The page works without it.

const EVERY = 20_000; // milliseconds
const parts = [...document.querySelectorAll("[data-live]")];
// Each part as the server sent it. This script runs before those that change the page.
const served = new Map(parts.map((part) => [part.id, part.innerHTML]));
const address = document.querySelector("a[data-refresh]")?.href;
const news = document.getElementById("news");
let timer = 0;

// What was just done is told once: not after a reload, nor from a bookmark.
const here = new URL(location.href);
if (here.searchParams.has("just")) {
  here.searchParams.delete("just");
  history.replaceState(history.state, "", here);
}

/** Shows moments in the reader's own time zone, as the page's own script does. */
function localTimes(part) {
  const shown = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "long", timeStyle: "short" });
  for (const time of part.querySelectorAll("time[datetime]")) time.textContent = shown.format(new Date(time.dateTime));
}

/** Puts the new content into a part; returns whether the conversation grew. */
function update(part, fresh) {
  const before = part.querySelectorAll(".message").length;
  served.set(part.id, fresh.innerHTML);
  part.replaceChildren(...document.importNode(fresh, true).childNodes);
  localTimes(part);
  return part.querySelectorAll(".message").length > before;
}

async function refresh() {
  const answer = await fetch(address, { cache: "no-store", headers: { Accept: "text/html" } });
  if (answer.status === 404) return clearInterval(timer); // the link was renewed
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  let grew = false;
  for (const part of parts) {
    const fresh = page.getElementById(part.id);
    if (!fresh || fresh.innerHTML === served.get(part.id)) continue;
    if (part.contains(document.activeElement)) continue; // next time: the focus stays where it is
    grew = update(part, fresh) || grew;
  }
  if (grew && news) news.textContent = news.dataset.news;
}

const tick = () => {
  if (document.visibilityState === "visible") refresh().catch(() => {}); // away for a moment: the next one will do
};

if (address) {
  timer = setInterval(tick, EVERY);
  document.addEventListener("visibilitychange", tick);
}
