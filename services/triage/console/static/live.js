// Live updates of a queue: new tickets announce themselves and wait to be let in; taken ones are struck out. Nothing jumps.
const EVERY = 8000;
const list = document.querySelector("[data-live]");

if (list) {
  const button = list.querySelector(".news button");
  button.addEventListener("click", () => location.reload());

  const ask = async () => {
    if (document.hidden) return;
    const address = new URL(list.dataset.live, location.href);
    address.searchParams.set("since", list.dataset.since);
    let answer;
    try {
      answer = await fetch(address, { headers: { "X-Requested-With": "live", Accept: "application/json" } });
    } catch {
      return; // the network is away; the next look tells
    }
    if (answer.status === 401) {
      tell("Your session is over. Sign in again.");
      clearInterval(timer);
    } else if (answer.ok) show(await answer.json());
  };

  const tell = (words) => {
    if (button.textContent !== words) button.textContent = words;
    button.hidden = words === "";
  };

  const show = (news) => {
    tell(news.new ? `${news.new} new – let ${news.new === 1 ? "it" : "them"} in` : "");
    document.title = document.title.replace(/^(\(\d+\) )?/, news.new ? `(${news.new}) ` : "");
    const there = new Set(news.references);
    for (const row of list.querySelectorAll("#rows > [data-reference]")) {
      row.classList.toggle("gone", !there.has(row.dataset.reference));
    }
    for (const [team, open] of Object.entries(news.open)) {
      const count = document.querySelector(`.tabs [data-team="${team}"] .count`);
      if (count) count.textContent = open;
    }
  };

  const timer = setInterval(ask, EVERY);
  document.addEventListener("visibilitychange", ask);
}
