// Tells what is wrong with a field as it is left, until it is corrected. Nothing here keeps a form from being sent.

let pressed = false;
const waiting = [];
addEventListener("pointerdown", () => { pressed = true; }, true);
for (const end of ["pointerup", "pointercancel"]) {
  addEventListener(end, () => {
    pressed = false;
    setTimeout(() => waiting.splice(0).forEach((work) => work()));
  }, true);
}

/** Runs `work` when no button is pressed: a new message would move the button from under the pointer. */
const calmly = (work) => (pressed ? waiting.push(work) : work());

const status = document.createElement("p");
status.className = "unseen";
status.setAttribute("role", "status");
document.body.append(status);

const fieldsOf = (form) => [...form.querySelectorAll(".question :is(input:not([type=hidden]), select, textarea)")];

// One @, no blanks, a dot in the domain: looser than the server, which knows the rest.
const ADDRESS = /^[^\s@]+@[^\s@]+[.。．｡][^\s@]+$/u;

/** What is wrong with the field's value, in the server's words, as far as this page can tell. */
function problemOf(field, failed) {
  if (field.type === "file") return "";
  const value = field.value.trim();
  const data = field.dataset;
  if (!value) return failed && field.required ? data.required ?? "" : "";
  if (data.longest && [...value].length > Number(data.longest)) return data.tooLong;
  return data.wrong && !ADDRESS.test(value) ? data.wrong : "";
}

function showBeside(field, message) {
  const question = field.closest(".question");
  const id = `${field.id}-error`;
  let shown = document.getElementById(id);
  question.classList.toggle("wrong", Boolean(message));
  const described = (field.getAttribute("aria-describedby") ?? "").split(" ").filter((one) => one && one !== id);
  if (message) {
    if (!shown) {
      shown = document.getElementById("error").content.firstElementChild.cloneNode(true);
      shown.id = id;
      field.before(shown);
    }
    const because = shown.querySelector(".because");
    if (field.type === "file") because.setAttribute("role", "alert");
    because.textContent = message;
    field.setAttribute("aria-invalid", "true");
    described.push(id);
  } else {
    shown?.remove();
    field.removeAttribute("aria-invalid");
  }
  if (described.length) field.setAttribute("aria-describedby", described.join(" "));
  else field.removeAttribute("aria-describedby");
}

/** The summary of a page that was sent: its rows by field. */
class Summary {
  constructor(box) {
    this.box = box;
    this.list = box.querySelector("ul");
    box.setAttribute("role", "group"); // an alert would be read out whole at each change
  }

  show(field, message) {
    const rows = [...this.list.querySelectorAll("a")].filter((link) => link.hash === `#${field.id}`).map((link) => link.closest("li"));
    if (rows.length === 1 && rows[0].textContent === message) return;
    rows.forEach((row) => row.remove());
    if (message) this.add(field, message);
    const count = this.list.children.length;
    this.box.hidden = !count;
    const { prefix, none, one, many } = this.box.dataset;
    const title = document.title.startsWith(prefix) ? document.title.slice(prefix.length) : document.title;
    document.title = count ? prefix + title : title;
    status.textContent = [message, !count ? none : count === 1 ? one : many.replace("#", count)].join(" ").trim();
  }

  /** In the order of the page. */
  add(field, message) {
    const link = document.createElement("a");
    link.href = `#${field.id}`;
    link.textContent = message;
    const row = document.createElement("li");
    row.append(link);
    const isLater = (one) => {
      const other = document.getElementById(one.querySelector("a")?.hash.slice(1) ?? "");
      return other && field.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING;
    };
    this.list.insertBefore(row, [...this.list.children].find(isLater) ?? null);
  }
}

const box = document.querySelector(".summary");
const summary = box && new Summary(box);

/** What the field held when the server answered. */
function answered(field) {
  if (field.type === "file") return "";
  if (field.options) return [...field.options].find((option) => option.defaultSelected)?.value ?? "";
  return field.defaultValue;
}

/** Keeps the messages of a form's fields up to date. */
function followForm(form) {
  const fields = fieldsOf(form);
  const messageAt = (field) => document.getElementById(`${field.id}-error`)?.querySelector(".because").innerText ?? "";
  const server = new Map(fields.map((field) => [field, messageAt(field)]));
  const shown = new Map(server);
  // It was sent, and came back. A page may have two forms.
  const failed = Boolean(summary && (form.querySelector(".error") || !document.querySelector(".question .error")));
  const unchanged = (field) => field.value === answered(field);
  const untouched = () => fields.every(unchanged) && [...form.elements].every((one) => one.checked === one.defaultChecked);
  // "Write something" at a field that may be empty is about the form: whatever is filled in answers it.
  const isAboutForm = (field) => !field.required && field.type !== "file" && !answered(field);
  const messageOf = (field) => {
    if (field.validity.customError) return field.validationMessage;
    const kept = server.get(field) && (isAboutForm(field) ? untouched() : unchanged(field));
    return kept ? server.get(field) : problemOf(field, failed);
  };
  const judge = (field) => {
    const message = messageOf(field);
    if (message === shown.get(field)) return;
    shown.set(field, message);
    showBeside(field, message);
    if (failed) summary.show(field, message);
    else if (field.type !== "file") status.textContent = message;
  };
  const wrong = () => fields.filter((field) => shown.get(field));
  // While somebody is writing, a message only goes; another one waits until the field is left.
  form.addEventListener("input", () => wrong().filter((field) => !messageOf(field)).forEach(judge));
  const left = ({ target }) => calmly(() => {
    wrong().forEach(judge);
    if (fields.includes(target)) judge(target);
  });
  // "problem": attachment.js found one, or it is gone.
  for (const kind of ["change", "focusout", "problem"]) form.addEventListener(kind, left);
}

// The rule of shared/mail/likely_address.py, function by function.
function distance(one, other) {
  let last, before, row = [...other, ""].map((_, index) => index);
  for (let i = 1; i <= one.length; i += 1) {
    [last, before, row] = [before, row, [i]];
    for (let j = 1; j <= other.length; j += 1) {
      let cost = Math.min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (one[i - 1] !== other[j - 1]));
      if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]) cost = Math.min(cost, last[j - 2] + 1);
      row.push(cost);
    }
  }
  return row.at(-1);
}

const cut = (domain) => [domain.slice(0, domain.indexOf(".")), domain.slice(domain.indexOf(".") + 1)];
const own = (table, key) => (Object.hasOwn(table, key) ? table[key] : key);

function isNear(name, ending, common, rule) {
  const [meant, itsEnding] = cut(common);
  if (ending !== itsEnding) return false;
  if (name === meant) return true;
  const far = distance(name, meant);
  const swapped = far === 1 && [...name].sort().join() === [...meant].sort().join();
  if (meant.length < rule.short) return meant.length === rule.short - 1 && swapped;
  return (swapped || name[0] === meant[0]) && far <= (Math.min(name.length, meant.length) >= rule.long ? 2 : 1);
}

function likelyDomain(domain, rule) {
  if (rule.common.includes(domain) || rule.real.includes(domain)) return domain;
  if (!domain.includes(".")) return rule.common.find((common) => common.replaceAll(".", "") === domain);
  const [name, ending] = cut(domain);
  const top = ending.split(".").at(-1);
  const fixed = ending.slice(0, ending.length - top.length) + own(rule.slips, top);
  for (const one of [fixed, own(rule.slipsOfCommon, fixed)]) {
    const far = (common) => distance(name, cut(common)[0]);
    const near = rule.common.filter((common) => isNear(name, one, common, rule)).sort((a, b) => far(a) - far(b));
    if (near.length) return near[0];
  }
  return `${name}.${fixed}`;
}

function likelyAddress(text, rule) {
  const parts = /^([^@\s]+)@([^@]*)$/.exec(text.trim());
  if (!parts || /[^\x00-\x7f]/.test(parts[2])) return "";
  const given = parts[2].trim().toLowerCase();
  const likely = likelyDomain(given.replace(/[,;.\s]+/g, ".").replace(/^\.|\.$/g, ""), rule);
  return likely && likely !== given ? `${parts[1]}@${likely}` : "";
}

function readRule(text) {
  const [common, slips, slipsOfCommon, real, lengths] = text.split("|").map((part) => part.split(" "));
  const table = (pairs) => Object.fromEntries(pairs.map((pair) => pair.split(":")));
  const [short, long] = lengths.map(Number);
  return { common, slips: table(slips), slipsOfCommon: table(slipsOfCommon), real, short, long };
}

/** Asks "Did you mean …?" as an e-mail field is left. */
function suggest(line) {
  const field = line.closest(".question").querySelector("input");
  const [question, button] = [line.firstElementChild, line.querySelector("button[name]")];
  const rule = readRule(document.getElementById("error").dataset.addressRule);
  line.querySelector("button.unseen")?.remove();
  button.type = "button";
  field.addEventListener("input", () => { question.hidden = true; });
  const ask = () => calmly(() => {
    if (!field.value) return;
    button.value = likelyAddress(field.value, rule);
    line.querySelector("strong").textContent = button.value;
    question.hidden = !button.value;
  });
  field.addEventListener("change", ask);
  field.addEventListener("blur", ask);
  button.addEventListener("click", () => {
    field.value = button.value;
    field.focus();
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

document.querySelectorAll("form.questions").forEach(followForm);
document.querySelectorAll(".likely").forEach(suggest);
