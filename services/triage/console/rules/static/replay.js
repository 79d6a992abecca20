// Updates the parts of a running replay's page, so that the scroll position stays, and reloads the page at the end. Without scripts
// the page refreshes itself.
const EVERY = 1000;

const update = async () => {
  let fresh;
  try {
    const answer = await fetch(location.href);
    fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    return; // no network; try again at the next interval
  }
  if (!fresh.getElementById("progress")) {
    clearInterval(timer);
    location.reload();
    return;
  }
  for (const part of document.querySelectorAll("[data-fresh]")) {
    const now = fresh.getElementById(part.id);
    if (now && now.outerHTML !== part.outerHTML) part.replaceWith(now);
  }
};

const timer = setInterval(update, EVERY);
