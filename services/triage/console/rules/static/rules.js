// The ruleset editor: line numbers, and lint while typing. Without this script, the button "Check" shows the same findings.
const form = document.querySelector("form.editor");
const text = form?.querySelector("textarea");
const list = document.getElementById("findings");
const PAUSE = 600;

function start() {
  const gutter = document.createElement("div");
  gutter.className = "gutter";
  gutter.setAttribute("aria-hidden", "true");
  text.before(gutter);
  let marks = new Map();
  let waiting = 0;
  let asked = 0;

  const draw = () => {
    const count = text.value.split("\n").length;
    const lines = Array.from({ length: count }, (_, index) => {
      const line = document.createElement("span");
      const severity = marks.get(index + 1);
      line.className = severity ?? "";
      line.textContent = `${severity ? "●" : ""}${index + 1}\n`;
      return line;
    });
    gutter.replaceChildren(...lines);
    gutter.style.height = `${text.clientHeight}px`;
    gutter.scrollTop = text.scrollTop;
  };

  const show = (findings) => {
    marks = new Map(findings.filter((one) => one.line).map((one) => [one.line, one.severity]));
    list.replaceChildren(...findings.map((one) => {
      const row = document.createElement("p");
      row.className = `finding ${one.severity}`;
      const strong = document.createElement("strong");
      strong.textContent = one.severity;
      row.append(strong, ` ${one.line ? `line ${one.line}` : one.path}: ${one.message}`);
      return row;
    }));
    draw();
  };

  const check = async () => {
    const mine = ++asked;
    const body = new URLSearchParams({ csrf_token: form.elements.csrf_token.value, text: text.value });
    try {
      const answer = await fetch(form.dataset.check, { method: "POST", body, headers: { "X-Requested-With": "fetch" } });
      if (answer.ok && mine === asked) show((await answer.json()).findings);
    } catch {
      // No network. Sending the form will show the error.
    }
  };

  text.addEventListener("input", () => {
    draw();
    clearTimeout(waiting);
    waiting = setTimeout(check, PAUSE);
  });
  text.addEventListener("scroll", () => { gutter.scrollTop = text.scrollTop; });
  new ResizeObserver(draw).observe(text);
  for (const row of list.querySelectorAll("[data-line]")) marks.set(Number(row.dataset.line), row.classList.contains("error") ? "error" : "warning");
  draw();
}

if (text) start();
