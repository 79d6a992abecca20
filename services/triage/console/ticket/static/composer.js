// Buttons and keys for CommonMark. Without this script the text is written as it is.
const insert = (area, from, to, words) => {
  area.focus();
  area.setSelectionRange(from, to);
  // Deprecated, but the only way that leaves the browser's undo in order.
  if (!document.execCommand("insertText", false, words)) {
    area.setRangeText(words, from, to, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }
};

const around = (before, after, placeholder) => (area) => {
  const { selectionStart: from, selectionEnd: to, value } = area;
  const chosen = value.slice(from, to);
  const marked = value.slice(from - before.length, from) === before && value.slice(to, to + after.length) === after;
  if (marked) {
    insert(area, from - before.length, to + after.length, chosen);
    area.setSelectionRange(from - before.length, to - before.length);
    return;
  }
  const words = chosen || placeholder;
  insert(area, from, to, before + words + after);
  area.setSelectionRange(from + before.length, from + before.length + words.length);
};

// Each of the lines that the selection touches gets the mark, or loses it when all have it.
const atLines = (mark) => (area) => {
  const { selectionStart, selectionEnd, value } = area;
  const from = value.lastIndexOf("\n", selectionStart - 1) + 1;
  const end = value.indexOf("\n", selectionEnd);
  const to = end < 0 ? value.length : end;
  const lines = value.slice(from, to).split("\n");
  const have = lines.every((line) => line.startsWith(mark));
  const changed = lines.map((line) => (have ? line.slice(mark.length) : mark + line)).join("\n");
  insert(area, from, to, changed);
};

const link = (area) => {
  const { selectionStart: from, selectionEnd: to, value } = area;
  const chosen = value.slice(from, to);
  const isAddress = /^https?:\/\/\S+$/.test(chosen);
  const words = isAddress || !chosen ? "words" : chosen;
  const address = isAddress ? chosen : "https://";
  insert(area, from, to, `[${words}](${address})`);
  if (words === "words") area.setSelectionRange(from + 1, from + 1 + words.length);
  else area.setSelectionRange(from + words.length + 3, from + words.length + 3 + address.length);
};

const code = (area) => {
  const chosen = area.value.slice(area.selectionStart, area.selectionEnd);
  return (chosen.includes("\n") ? around("```\n", "\n```", "code") : around("`", "`", "code"))(area);
};

const marks = { bold: around("**", "**", "bold"), italic: around("*", "*", "italic"), link, list: atLines("- "), quote: atLines("> "), code };
const keys = { b: "bold", i: "italic", k: "link" };

for (const area of document.querySelectorAll("textarea[data-commonmark]")) {
  const bar = area.closest(".composer").querySelector(".toolbar");
  const buttons = [...bar.querySelectorAll("button")];
  bar.hidden = false;
  // One stop for Tab; arrow keys move within (ARIA, toolbar).
  buttons.forEach((button, index) => {
    button.tabIndex = index ? -1 : 0;
    button.addEventListener("click", () => marks[button.dataset.mark](area));
    button.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const next = buttons[(index + step + buttons.length) % buttons.length];
      button.tabIndex = -1;
      next.tabIndex = 0;
      next.focus();
    });
  });
  area.addEventListener("keydown", (event) => {
    const mark = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && keys[event.key.toLowerCase()];
    if (!mark) return;
    event.preventDefault();
    marks[mark](area);
  });
}
