// Beside the editor: line numbers, and what lint says while one types. Without this script the button "Check" says the same.
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
    const lines = Array.from({ length: count }, (_, place) => {
      const line = document.createElement("span");
      const severity = marks.get(place + 1);
      line.className = severity ?? "";
      line.textContent = `${severity ? "●" : ""}${place + 1}\n`;
      return line;
    });
    gutter.replaceChildren(...lines);
    gutter.style.height = `${text.clientHeight}px`;
    gutter.scrollTop = text.scrollTop;
  };

  const tell = (findings) => {
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
      if (answer.ok && mine === asked) tell((await answer.json()).findings);
    } catch {
      // Away for a moment; the form itself says so when it is sent.
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
