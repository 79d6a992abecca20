// Shows what the search of topics finds while its words are entered. The server searches; without this, Enter asks it for the page.

const WAIT = 150; // milliseconds without a key, so that not every character is a request

const form = document.querySelector("[data-search]");
const field = form.querySelector("input[type=search]");
const status = form.querySelector("[role=status]");
const found = document.getElementById("found");
const topics = document.getElementById("topics");
let waiting;
let under_way = new AbortController();

function show(words, answer) {
  topics.hidden = Boolean(words);
  found.hidden = !words;
  found.innerHTML = answer.html;
  status.textContent = answer.status;
}

async function search() {
  clearTimeout(waiting);
  under_way.abort();
  const words = field.value.trim();
  if (!words) return show("", { html: "", status: "" });
  const { signal } = (under_way = new AbortController());
  try {
    const answer = await fetch(form.dataset.search, { method: "POST", body: new URLSearchParams({ words }), signal });
    if (!answer.ok) throw new Error(answer.statusText);
    const content = await answer.json();
    if (!signal.aborted) show(words, content);
  } catch {
    if (!signal.aborted) withoutScript();
  }
}

/** Leaves the search to the page itself, with its button, where the server does not answer. */
function withoutScript() {
  form.classList.remove("filtering");
  form.removeEventListener("submit", searchHere);
  field.removeEventListener("input", searchSoon);
}

function searchSoon() {
  clearTimeout(waiting);
  waiting = setTimeout(search, field.value.trim() ? WAIT : 0);
}

function searchHere(event) {
  event.preventDefault();
  search();
}

form.classList.add("filtering");
form.addEventListener("submit", searchHere);
field.addEventListener("input", searchSoon);
if (field.value) search(); // after Back, the browser kept the input
