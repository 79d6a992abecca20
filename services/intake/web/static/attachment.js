// The form's file: pasted or dropped, made smaller where it is a picture over the limit. The server checks it in any case.

const SIDES = [4096, 3072, 2560, 2048, 1600, 1280, 1024]; // pixels of the longer side
const QUALITIES = [0.9, 0.8, 0.7];
const PATIENCE = 2000; // milliseconds until the work is shown

const isHeic = (file) => /\/hei[cf]$/.test(file.type) || /\.hei[cf]$/i.test(file.name);
const isPicture = (file) => isHeic(file) || /^image\/(jpeg|png)$/.test(file.type);

/** A size as the server writes it: "212 KB", "1.4 MB". */
function sizeOf(bytes) {
  const [number, unit, digits] = bytes < 1048576 ? [Math.max(1, Math.round(bytes / 1024)), "KB", 0] : [bytes / 1048576, "MB", 1];
  const lang = document.documentElement.lang;
  return `${number.toLocaleString(lang, { minimumFractionDigits: digits, maximumFractionDigits: digits })} ${unit}`;
}

/** The picture as a JPEG below `limit` bytes, upright; null where it cannot be decoded or made small enough. */
async function shrink(file, limit, step) {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" }).catch(() => null);
  if (!picture) return null;
  const longest = Math.max(picture.width, picture.height);
  const sides = [...new Set(SIDES.map((side) => Math.min(side, longest)))];
  const canvas = document.createElement("canvas");
  let done = 0;
  for (const side of sides) {
    canvas.width = Math.max(1, Math.round(picture.width * side / longest));
    canvas.height = Math.max(1, Math.round(picture.height * side / longest));
    const pen = canvas.getContext("2d");
    pen.fillStyle = "white"; // a JPEG has no transparency
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.imageSmoothingQuality = "high";
    pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
    for (const quality of QUALITIES) {
      const made = await new Promise((resolve) => { canvas.toBlob(resolve, "image/jpeg", quality); });
      step((done += 1) / (sides.length * QUALITIES.length));
      if (made && made.size < limit) {
        picture.close();
        return new File([made], `${file.name.replace(/\.[^.]*$/, "")}.jpg`, { type: "image/jpeg" });
      }
    }
  }
  picture.close();
  return null;
}

/** The chosen file: its size is told at once, a large picture is made smaller, another file may be pasted or dropped. */
function followFile(question) {
  const field = question.querySelector("input[type=file]");
  const { limit, tooLarge, several, chosen, shrinking, shrunk } = question.dataset;
  const told = document.createElement("p");
  told.className = "hint";
  told.setAttribute("role", "status");
  const progress = document.createElement("progress");
  progress.setAttribute("aria-label", shrinking);
  progress.hidden = true;
  field.after(told, progress);
  const hint = document.getElementById(`${field.id}-drop`);
  hint.hidden = false;
  field.setAttribute("aria-describedby", `${hint.id} ${field.getAttribute("aria-describedby") ?? ""}`.trim());
  let work = null;

  /** fields.js shows it; the form is not validated by the browser, so that it stops nothing by itself. */
  const warn = (message) => {
    if (field.validationMessage === message) return;
    field.setCustomValidity(message);
    field.dispatchEvent(new Event("problem", { bubbles: true }));
  };
  const isLarge = () => [...field.files].some((file) => file.size >= Number(limit));
  const check = () => {
    warn(isLarge() ? tooLarge : "");
    return !isLarge();
  };
  const put = (file) => {
    const files = new DataTransfer();
    files.items.add(file);
    field.files = files.files;
  };

  const showWork = () => {
    told.textContent = shrinking;
    progress.hidden = false;
  };
  const makeSmaller = async (file) => {
    const timer = setTimeout(showWork, PATIENCE);
    const mine = (work = shrink(file, Number(limit), (part) => { progress.value = part; }));
    const made = await mine.catch(() => null);
    clearTimeout(timer);
    if (work !== mine) return; // another file was chosen meanwhile
    work = null;
    progress.hidden = true;
    told.textContent = "";
    if (made) {
      put(made);
      told.textContent = shrunk.replace("{before}", sizeOf(file.size)).replace("{after}", sizeOf(made.size));
    }
    check();
  };
  const fileChosen = () => {
    const [file] = field.files;
    work = null;
    progress.hidden = true;
    told.textContent = "";
    warn("");
    return file && isPicture(file) && (isHeic(file) || isLarge()) ? makeSmaller(file) : check();
  };
  field.addEventListener("change", fileChosen);

  field.form.addEventListener("submit", async (event) => {
    if (event.submitter?.formNoValidate) return;
    if (!work && check()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!work) return field.focus();
    showWork();
    await work.catch(() => null);
    setTimeout(() => field.form.requestSubmit(event.submitter)); // after makeSmaller has put the file
  });

  /** Puts a pasted or dropped file into the field, as if it had been chosen. */
  const accept = (files) => {
    if (files.length > 1) {
      warn(several);
      return;
    }
    put(files[0]);
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
    if (!work) told.textContent = chosen.replace("{name}", files[0].name).replace("{size}", sizeOf(files[0].size));
    question.scrollIntoView({ block: "nearest" });
  };

  addEventListener("paste", (event) => {
    const files = [...event.clipboardData.files];
    // Office programs copy text with a picture of it: in a text field, the text is meant.
    const text = event.target.closest?.("input, textarea") && event.clipboardData.types.includes("text/plain");
    if (!files.length || text) return;
    event.preventDefault();
    accept(files);
  });
  const brings = (event) => event.dataTransfer?.types.includes("Files");
  let depth = 0;
  const mark = (change) => {
    depth = Math.max(0, depth + change);
    question.classList.toggle("dropping", depth > 0);
  };
  addEventListener("dragenter", (event) => { if (brings(event)) mark(1); });
  addEventListener("dragleave", (event) => { if (brings(event)) mark(-1); });
  // Anywhere on the page: beside the field, the browser would leave the form and show the file.
  addEventListener("dragover", (event) => { if (brings(event)) event.preventDefault(); });
  addEventListener("drop", (event) => {
    if (!brings(event)) return;
    event.preventDefault();
    mark(-depth);
    const files = [...event.dataTransfer.files];
    if (files.length) accept(files);
  });
}

document.querySelectorAll("[data-file]").forEach(followFile);
