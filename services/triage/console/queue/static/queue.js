// Live updates of a queue: new tickets announce themselves and wait to be let in; taken ones are struck out. Nothing jumps.
const EVERY = 8000;
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

  // New is what is not on this page and belongs there: where the list goes on, what comes after its last row is the next page's.
  const countNew = (references, shown) => {
    const last = "more" in list.dataset ? references.findLastIndex((each) => shown.has(each)) : -1;
    const belong = last < 0 ? references : references.slice(0, last);
    return belong.filter((each) => !shown.has(each)).length;
  };

  const show = (news) => {
    const rows = [...list.querySelectorAll("#rows > [data-reference]")];
    const fresh = countNew(news.references, new Set(rows.map((row) => row.dataset.reference)));
    tell(fresh ? `${fresh} new – let ${fresh === 1 ? "it" : "them"} in` : "");
    document.title = document.title.replace(/^(\(\d+\) )?/, fresh ? `(${fresh}) ` : "");
    const there = new Set(news.references);
    for (const row of rows) row.classList.toggle("gone", !there.has(row.dataset.reference));
    const claim = document.querySelector("#claim button");
    if (claim) claim.disabled = news.references.length === 0;
    for (const [team, open] of Object.entries(news.open)) {
      const count = document.querySelector(`.tabs [data-team="${team}"] .count`);
      if (count) count.textContent = open;
    }
  };

  const timer = setInterval(ask, EVERY);
  document.addEventListener("visibilitychange", ask);
}
