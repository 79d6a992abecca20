// Shows pictures and PDFs of the conversation large, in place. Without this script they open in a tab of their own.
const dialog = document.getElementById("viewer");
const stage = dialog.querySelector(".viewer-stage");
let links = [];
let at = 0;

const shownAs = {
  image: (link) => Object.assign(document.createElement("img"), { src: link.href, alt: link.dataset.name }),
  pdf: (link) => Object.assign(document.createElement("iframe"), { src: link.href, title: link.dataset.name }),
};

const show = (index) => {
  at = (index + links.length) % links.length;
  const link = links[at];
  dialog.querySelector("#viewer-name").textContent = link.dataset.name;
  dialog.querySelector("[data-count]").textContent = links.length > 1 ? `${at + 1} of ${links.length}` : "";
  dialog.querySelector("[data-download]").href = link.dataset.download;
  for (const button of dialog.querySelectorAll("[data-step]")) button.hidden = links.length < 2;
  stage.replaceChildren(shownAs[link.dataset.view](link));
};

// The conversation may be replaced by a newer one.
const findLinks = () => {
  links = [...document.querySelectorAll("a[data-view]")];
  links.forEach((link, index) => link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    show(index);
    dialog.showModal();
  }));
};
findLinks();
document.addEventListener("conversation-changed", findLinks);
for (const button of dialog.querySelectorAll("[data-step]")) button.addEventListener("click", () => show(at + Number(button.dataset.step)));
dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
dialog.addEventListener("keydown", (event) => {
  if (event.key === "ArrowLeft") show(at - 1);
  else if (event.key === "ArrowRight") show(at + 1);
});
// Focus returns to the link by itself; a file that is out of sight need not stay loaded.
dialog.addEventListener("close", () => stage.replaceChildren());
