// Announces that the list of one's own tickets changed. Rows never move by themselves.
import { keepFresh } from "./live.js";

const list = document.querySelector("[data-yours-news]");
const button = document.querySelector(".news button");
button.addEventListener("click", () => location.reload());

const ask = async () => {
  if (document.hidden) return;
  let answer;
  try {
    answer = await fetch(list.dataset.yoursNews, { headers: { "X-Requested-With": "live", Accept: "application/json" } });
  } catch {
    return; // no network; try again later
  }
  if (answer.status === 401) {
    button.textContent = "Your session has ended. Sign in again.";
    button.hidden = false;
    stop();
  } else if (answer.ok) {
    button.textContent = "Your tickets have changed: show them";
    button.hidden = (await answer.json()).mark === list.dataset.mark;
  }
};
const stop = keepFresh(ask, (event) => event.name === "ticket.changed", 3000);
