// Live updates of a queue: announces new tickets and strikes out those that are gone. Rows never move by themselves.
import { keepFresh } from "./live.js";

const list = document.querySelector("[data-live]");

if (list) {
  const button = list.querySelector(".news button");
  button.addEventListener("click", () => location.reload());

  const ask = async () => {
    if (document.hidden) return;
    let answer;
    try {
      answer = await fetch(list.dataset.live, { headers: { "X-Requested-With": "live", Accept: "application/json" } });
    } catch {
      return; // no network; try again at the next interval
    }
    if (answer.status === 401) {
      announce("Your session has ended. Sign in again.");
      stop();
    } else if (answer.ok) show(await answer.json());
  };

  const announce = (words) => {
    if (button.textContent !== words) button.textContent = words;
    button.hidden = words === "";
  };

  // Counts references that are not on this page but belong to it. If there is a next page, those after the last row belong to that page.
  const countNew = (references, shown) => {
    const last = "more" in list.dataset ? references.findLastIndex((each) => shown.has(each)) : -1;
    const belong = last < 0 ? references : references.slice(0, last);
    return belong.filter((each) => !shown.has(each)).length;
  };

  const showYourTurn = (yours, turn) => {
    const count = yours.querySelector(".count");
    count.textContent = turn;
    count.title = `${turn} answered by the requester`;
    count.hidden = turn === 0;
    yours.querySelector(".unseen").hidden = turn === 0;
  };

  const show = (news) => {
    const rows = [...list.querySelectorAll("#rows > [data-reference]")];
    const fresh = countNew(news.references, new Set(rows.map((row) => row.dataset.reference)));
    announce(fresh ? `Show ${fresh} new ${fresh === 1 ? "ticket" : "tickets"}` : "");
    document.title = document.title.replace(/^(\(\d+\) )?/, fresh ? `(${fresh}) ` : "");
    const there = new Set(news.references);
    for (const row of rows) row.classList.toggle("gone", !there.has(row.dataset.reference));
    const claim = document.querySelector("#claim button");
    if (claim) claim.disabled = news.references.length === 0;
    for (const [team, open] of Object.entries(news.open)) {
      const count = document.querySelector(`.tabs [data-team="${team}"] .count`);
      if (count) count.textContent = open;
    }
    const yours = document.querySelector("[data-yours]");
    if (yours) showYourTurn(yours, news.your_turn);
  };

  const stop = keepFresh(ask, (event) => event.name === "queue.changed" && event.data.team === list.dataset.queue, 3000);
}
