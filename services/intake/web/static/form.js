// Makes the pages quicker to use; every one of them works without it.

/** Copies the reference. */
function copyOnClick(button) {
  if (!navigator.clipboard) return;
  button.hidden = false;
  const words = button.textContent;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = button.dataset.copied;
    setTimeout(() => { button.textContent = words; }, 2500);
  });
}

/** Lets the first submit through, always, and stops those that follow it while it is under way. */
function sendOnce(form) {
  const button = form.querySelector("button.main");
  const words = button.textContent;
  let under_way = false;
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented || event.submitter?.formNoValidate) return;
    if (under_way) return event.preventDefault();
    under_way = true;
    button.setAttribute("aria-disabled", "true");
    button.textContent = form.dataset.sending;
  });
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return; // back from the next page: the form may be sent again
    under_way = false;
    button.removeAttribute("aria-disabled");
    button.textContent = words;
  });
}

/** The rule language's tests, as far as the catalogue uses them on details. */
function holds(condition, value) {
  if (condition.all) return condition.all.every((part) => holds(part, value));
  if (condition.any) return condition.any.some((part) => holds(part, value));
  if (condition.none) return !condition.none.some((part) => holds(part, value));
  const given = value(condition.field);
  if ("exists" in condition) return Boolean(given) === condition.exists;
  if (!given) return false;
  if ("is" in condition) return given === condition.is;
  if ("in" in condition) return condition.in.includes(given);
  return true; // what this page cannot judge is asked; the server decides
}

/** Shows what is asked for, given the answers so far. */
function askWhatIsNeeded(form) {
  const sections = [...form.querySelectorAll("[data-when]")];
  if (!sections.length) return;
  const value = (name) => form.elements.namedItem(name)?.value ?? "";
  const ask = () => {
    for (const section of sections) section.hidden = !holds(JSON.parse(section.dataset.when), value);
    const optional = form.querySelector("[data-file] .optional");
    if (optional) optional.hidden = Boolean(form.querySelector("fieldset:not([hidden]) [data-needs-file]"));
  };
  form.addEventListener("change", ask);
  ask();
}

/** Shows moments in the reader's own time zone. */
function localTime(time) {
  const shown = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "long", timeStyle: "short" });
  time.textContent = shown.format(new Date(time.dateTime));
}

const each = (selector, work) => document.querySelectorAll(selector).forEach(work);
each("[data-copy]", copyOnClick);
each("[data-once]", sendOnce);
each("form.questions", askWhatIsNeeded);
each("time[datetime]", localTime);
document.querySelector("[autofocus]")?.focus();
