// Counts down to the sending of a message, and tells when it is sent. Without this script the page shows the time.
const SOON = 1500; // milliseconds between two questions after that time

for (const section of document.querySelectorAll("[data-sending]")) {
  const words = section.querySelector("[data-words]");
  const due = new Date(section.dataset.sending);
  const finish = () => {
    words.textContent = "Sent";
    section.querySelector(".pending-acts")?.remove();
    const link = document.createElement("a");
    link.href = location.pathname;
    link.textContent = "Show it in the conversation";
    section.append(link);
  };
  const ask = async () => {
    try {
      const answer = await fetch(section.dataset.state, { headers: { "X-Requested-With": "live", Accept: "application/json" } });
      if (answer.ok && !(await answer.json()).scheduled) {
        finish();
        return;
      }
    } catch {
      // Asked again below.
    }
    setTimeout(ask, SOON);
  };
  const count = () => {
    const seconds = Math.ceil((due - Date.now()) / 1000);
    words.textContent = seconds > 0 ? `Sending in ${seconds} s` : "Sending…";
    if (seconds > 0) setTimeout(count, 1000);
    else ask();
  };
  count();
}
