// A page that is still being made is looked at again, part by part, so that nobody loses the place where they are; when it is done,
// whole. Without scripts it reloads itself.
const EVERY = 1000;

const look = async () => {
  let fresh;
  try {
    const answer = await fetch(location.href);
    fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    return; // away for a moment
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

const timer = setInterval(look, EVERY);
