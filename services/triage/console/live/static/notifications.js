// The browser's own notifications: asked for by a button, never by themselves.
import { DESKTOP } from "./live.js";

const bar = document.querySelector("[data-desktop]");
const button = bar.querySelector("[data-desktop-button]");
const words = bar.querySelector("[data-desktop-words]");

const show = () => {
  const isOn = Notification.permission === "granted" && localStorage.getItem(DESKTOP) === "on";
  bar.hidden = false;
  button.hidden = Notification.permission === "denied";
  button.textContent = isOn ? "Stop" : "Show them";
  if (Notification.permission === "denied") words.textContent = "Your browser’s settings do not allow this site to show notifications.";
  else words.textContent = isOn ? "This browser shows notifications while a page of the console is open." : "This browser can show notifications while a page of the console is open.";
};

if ("Notification" in window) {
  button.addEventListener("click", async () => {
    const isOn = Notification.permission === "granted" && localStorage.getItem(DESKTOP) === "on";
    if (isOn) localStorage.setItem(DESKTOP, "off");
    else if ((await Notification.requestPermission()) === "granted") localStorage.setItem(DESKTOP, "on");
    show();
  });
  show();
}
