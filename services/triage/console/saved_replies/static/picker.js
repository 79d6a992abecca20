// `/` in an empty text, or at the beginning of a line, opens the saved replies. Without this script a list with a button inserts one.
const dialog = document.getElementById("picker");
const search = document.getElementById("picker-search");
const list = document.getElementById("picker-list");
const count = document.getElementById("picker-count");
let area, from = 0, to = 0, items = [], chosen = 0, asked = 0;

const write = (words) => {
  area.focus();
  area.setSelectionRange(from, to);
  // Deprecated, but the only way that leaves the browser's undo in order.
  if (!document.execCommand("insertText", false, words)) {
    area.setRangeText(words, area.selectionStart, area.selectionEnd, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }
};

const choose = (index) => {
  chosen = Math.max(0, Math.min(items.length - 1, index));
  [...list.children].forEach((each, at) => each.setAttribute("aria-selected", String(at === chosen)));
  const current = list.children[chosen];
  if (current) search.setAttribute("aria-activedescendant", current.id);
  else search.removeAttribute("aria-activedescendant");
  current?.scrollIntoView({ block: "nearest" });
};

const applied = (actions) => [
  ...(actions.tags?.length ? [`adds ${actions.tags.join(", ")}`] : []),
  ...(actions.priority ? [`priority ${actions.priority}`] : []),
  ...(actions.then ? [{ wait: "then waits", resolve: "then resolves", keep: "stays claimed" }[actions.then]] : []),
];

const row = (item, index) => {
  const option = document.createElement("li");
  option.id = `picker-${index}`;
  option.setAttribute("role", "option");
  const name = document.createElement("strong");
  name.textContent = item.name;
  const whose = document.createElement("span");
  whose.className = "soft small";
  whose.textContent = ` ${[item.whose, ...applied(item.actions)].join(" · ")}`;
  const words = document.createElement("span");
  words.className = "words";
  words.lang = item.lang;
  words.textContent = item.text;
  option.append(name, whose, words);
  option.addEventListener("click", () => insert(item));
  return option;
};

const show = (found) => {
  items = found;
  list.replaceChildren(...items.map(row));
  count.textContent = items.length ? `${items.length} found` : "None found";
  count.classList.toggle("unseen", items.length > 0);
  choose(0);
};

const find = async () => {
  const number = (asked += 1);
  const address = `${area.form.querySelector("[data-saved-replies]").dataset.savedReplies}?q=${encodeURIComponent(search.value)}`;
  try {
    const answer = await fetch(address, { headers: { "X-Requested-With": "picker", Accept: "application/json" } });
    if (number === asked && answer.ok) show((await answer.json()).items);
    else if (number === asked) throw new Error(String(answer.status));
  } catch {
    count.classList.remove("unseen");
    count.textContent = "They could not be read. Please try again.";
  }
};

const preselect = (form, item) => {
  form.elements.saved_reply.value = item.id;
  const { tags = [], priority, then } = item.actions;
  const field = form.elements.add_tags;
  field.value = [...new Set([...field.value.split(",").map((tag) => tag.trim()).filter(Boolean), ...tags])].join(", ");
  if (priority) form.elements.set_priority.value = priority;
  form.querySelector(".applied").hidden = !(field.value || form.elements.set_priority.value);
  const button = then && form.querySelector(`.send button[name="then"][value="${then}"]`);
  if (!button) return;
  for (const each of form.querySelectorAll('.send button[name="then"]')) each.classList.toggle("main", each === button);
};

const insert = (item) => {
  dialog.close();
  write(item.text);
  preselect(area.form, item);
};

const open = (here) => {
  area = here;
  [from, to] = [here.selectionStart, here.selectionEnd];
  search.value = "";
  show([]);
  count.textContent = "";
  dialog.showModal();
  find();
};

search?.addEventListener("input", find);
search?.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) choose(chosen + step);
  else if (event.key === "Enter" && items[chosen]) insert(items[chosen]);
  else if (event.key === "/" && search.value === "") {
    dialog.close();
    write("/");
  } else if (event.key !== "Enter") return;
  event.preventDefault();
});
dialog?.addEventListener("close", () => area.focus());

for (const choice of dialog ? document.querySelectorAll("[data-saved-replies]") : []) {
  const here = choice.closest("form").querySelector("textarea[data-commonmark]");
  choice.querySelector("[data-without-script]")?.remove();
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Saved replies";
  button.title = "Saved replies (/)";
  button.className = "button small";
  choice.prepend(button);
  button.addEventListener("click", () => open(here));
  here.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    const before = here.value.slice(0, here.selectionStart);
    if (before !== "" && !before.endsWith("\n")) return;
    event.preventDefault();
    open(here);
  });
}
