// Selects tickets by x, Shift+x, click and Shift+click, and shows the bar of actions while any is selected. Without this script the boxes
// and the bar are a plain form.
const bar = document.getElementById("bulk");

if (bar) {
  const boxes = [...document.querySelectorAll(".pick input")];
  const count = bar.querySelector(".bulk-count");
  const all = bar.querySelector("#bulk-all");
  const clear = bar.querySelector(".bulk-clear");
  const keysOn = document.getElementById("keys-on");
  let last = null; // the box from which a range begins
  let asked = false;

  const chosen = () => boxes.filter((box) => box.checked);

  const askCount = async () => {
    if (asked || !all) return;
    asked = true;
    const label = bar.querySelector(".bulk-all label");
    try {
      const answer = await fetch(bar.querySelector(".bulk-all").dataset.count, { headers: { "X-Requested-With": "bulk", Accept: "application/json" } });
      if (!answer.ok) return;
      const found = await answer.json();
      label.textContent = found.count === null ? found.why : `all ${found.count.toLocaleString("en")} of this search`;
      all.disabled = found.count === null;
    } catch {
      asked = false; // no network; the next selection asks again
    }
  };

  const show = () => {
    const number = chosen().length;
    const any = number > 0 || all?.checked;
    bar.hidden = !any;
    bar.classList.toggle("chosen", any);
    clear.hidden = false;
    count.textContent = all?.checked ? "" : `${number} selected`;
    if (any) askCount();
  };

  const pick = (box, isRange) => {
    if (isRange && last) {
      const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((one, other) => one - other);
      for (const each of boxes.slice(from, to + 1)) each.checked = true;
    }
    last = box;
    show();
  };

  const clearAll = () => {
    for (const box of boxes) box.checked = false;
    if (all) all.checked = false;
    last = null;
    show();
  };

  for (const box of boxes) box.addEventListener("click", (event) => pick(box, event.shiftKey));
  all?.addEventListener("change", show);
  clear.addEventListener("click", clearAll);

  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open], .person[open]")) return;
    if (event.key === "Escape") {
      clearAll();
      return;
    }
    if (event.key.toLowerCase() !== "x" || (keysOn && !keysOn.checked)) return;
    const box = document.activeElement.closest(".row")?.querySelector(".pick input") ?? boxes[0];
    if (!box) return;
    event.preventDefault();
    if (!event.shiftKey) box.checked = !box.checked;
    else box.checked = true;
    if (!document.activeElement.closest(".row")) box.closest(".row").querySelector("[data-row]").focus();
    pick(box, event.shiftKey);
  });

  show(); // a browser may have kept boxes ticked
}
