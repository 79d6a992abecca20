// Offers topics that may help while a message is written. What was written goes to our own server alone, which does not keep it.

const WAIT = 600; // milliseconds without a key
const LONGEST = 200; // characters that are sent
const FEWEST_WORDS = 2;
const FEWEST_CHARACTERS = 8; // for languages that put no spaces between words

const box = document.querySelector("[data-suggestions]");
const list = box.querySelector("details");
const announced = box.querySelector("[aria-live]");
const fields = ["subject", "message"].map((name) => box.closest("form").elements.namedItem(name)).filter(Boolean);
const beside = matchMedia("(min-width: 66rem)"); // as in form.css: the open list fits beside the form
const answers = new Map();
let waiting;
let newest = "";

function written() {
  const text = fields.map((field) => field.value.trim()).filter(Boolean).join(" ").replace(/\s+/g, " ");
  const enough = text.length >= FEWEST_CHARACTERS && (text.includes(" ") ? text.split(" ").length >= FEWEST_WORDS : true);
  return enough ? text.slice(0, LONGEST) : "";
}

async function ask(words) {
  const body = new URLSearchParams({ words, form: box.dataset.form });
  const answer = await fetch(box.dataset.suggestions, { method: "POST", body });
  if (!answer.ok) throw new Error(answer.statusText);
  return answer.json();
}

function show({ html, status }) {
  const topics = list.querySelector("ul");
  if (topics.innerHTML === html) return;
  // A list that somebody is in stays as it is.
  if (list.contains(document.activeElement)) return;
  topics.innerHTML = html;
  list.hidden = !html;
  announced.textContent = status;
}

async function suggest() {
  const words = (newest = written());
  if (!words) return show({ html: "", status: "" });
  try {
    if (!answers.has(words)) answers.set(words, await ask(words));
    if (words === newest) show(answers.get(words));
  } catch {
    // Nothing depends on it: the next words ask again.
  }
}

function suggestSoon() {
  clearTimeout(waiting);
  waiting = setTimeout(suggest, WAIT);
}

function openBeside() {
  list.open = beside.matches;
}

box.hidden = false;
openBeside();
beside.addEventListener("change", openBeside);
fields.forEach((field) => field.addEventListener("input", suggestSoon));
if (written()) suggestSoon(); // the form came back with its errors, or after Back
