// Suggests keys and values below a search while it is written (the ARIA combobox pattern). A search works without it.
let numbered = 0;

const suggestFor = (input) => {
  const list = document.createElement("ul");
  list.className = "suggestions";
  list.id = `suggestions-${numbered += 1}`;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Suggestions");
  list.hidden = true;
  input.parentElement.classList.add("suggest");
  input.after(list);
  for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-expanded", "false"], ["aria-controls", list.id]]) {
    input.setAttribute(name, value);
  }

  let start = 0;
  let asked = 0;
  let timer;
  const options = () => [...list.children];
  const selected = () => options().findIndex((option) => option.getAttribute("aria-selected") === "true");

  const close = () => {
    asked += 1;
    clearTimeout(timer);
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };

  const select = (at) => {
    options().forEach((option, index) => option.setAttribute("aria-selected", index === at));
    if (at < 0) input.removeAttribute("aria-activedescendant");
    else input.setAttribute("aria-activedescendant", options()[at].id);
  };

  const choose = (option) => {
    const text = option.dataset.text;
    const after = input.value.slice(input.selectionEnd);
    const before = input.value.slice(0, start) + text + (text.endsWith(":") || after.startsWith(" ") ? "" : " ");
    input.value = before + after;
    input.setSelectionRange(before.length, before.length);
    close();
    if (text.endsWith(":")) ask();
  };

  const show = (found) => {
    start = found.start;
    list.replaceChildren(...found.items.map((item, index) => {
      const option = document.createElement("li");
      option.id = `${list.id}-${index}`;
      option.dataset.text = item.text;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.append(Object.assign(document.createElement("code"), { textContent: item.text }));
      if (item.finds) option.append(Object.assign(document.createElement("span"), { textContent: item.finds }));
      option.addEventListener("mousedown", (event) => { event.preventDefault(); choose(option); });
      return option;
    }));
    list.hidden = found.items.length === 0;
    input.setAttribute("aria-expanded", String(!list.hidden));
    input.removeAttribute("aria-activedescendant");
  };

  const ask = async () => {
    const mine = asked += 1;
    const text = input.value.slice(0, input.selectionEnd);
    try {
      const answer = await fetch(`${input.dataset.suggestions}?${new URLSearchParams({ text })}`, {
        headers: { "X-Requested-With": "suggestions", Accept: "application/json" },
      });
      if (answer.ok && mine === asked && document.activeElement === input) show(await answer.json());
    } catch {
      // No network: no suggestions.
    }
  };

  input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, 120); });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    const at = selected();
    const count = options().length;
    if (event.key === "ArrowDown") select((at + 1) % count);
    else if (event.key === "ArrowUp") select(at <= 0 ? count - 1 : at - 1);
    else if (event.key === "Escape") close();
    else if (event.key === "Enter" && at >= 0) choose(options()[at]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
};

for (const input of document.querySelectorAll("[data-suggestions]")) suggestFor(input);
