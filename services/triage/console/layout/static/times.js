// Keeps relative times current while the page is open, in the same words as console/layout/times.py.
const MINUTE = 60, HOUR = 3600, DAY = 86400;

const span = (seconds) => {
  if (seconds < HOUR) return `${Math.max(1, Math.floor(seconds / MINUTE))} min`;
  if (seconds < 2 * DAY) return `${Math.floor(seconds / HOUR)} h`;
  return `${Math.floor(seconds / DAY)} d`;
};

export function updateTimes() {
  const now = Date.now();
  for (const each of document.querySelectorAll("[data-due]")) {
    const seconds = (new Date(each.dataset.due) - now) / 1000;
    each.textContent = seconds < 0 ? `${span(-seconds)} late` : `${span(seconds)} left`;
    each.classList.toggle("late", seconds < 0);
    each.classList.toggle("soon", seconds >= 0 && seconds < HOUR);
  }
  for (const each of document.querySelectorAll("[data-age]")) {
    const seconds = (now - new Date(each.dateTime)) / 1000;
    each.textContent = seconds < MINUTE ? "now" : span(seconds);
  }
  for (const each of document.querySelectorAll("[data-lease]")) {
    const seconds = Math.floor((new Date(each.dataset.lease) - now) / 1000);
    each.classList.toggle("short", seconds < 5 * MINUTE);
    each.textContent = seconds <= 0 ? "your claim expired: claim it again" : `${Math.ceil(seconds / MINUTE)} min left`;
  }
}
