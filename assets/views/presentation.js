// Large type without the column of controls, for a projector. `app.css` has what it looks like; the browser remembers it.
const KEY = "residual_explorer.presentation";

function remembered() {
  try {
    return localStorage.getItem(KEY) === "on";
  } catch {
    return false; // a browser that keeps nothing
  }
}

function remember(on) {
  try {
    localStorage.setItem(KEY, on ? "on" : "off");
  } catch { /* It lasts as long as the page. */ }
}

function show(button, on) {
  document.documentElement.classList.toggle("presentation", on);
  button.setAttribute("aria-pressed", String(on));
}

export default function ({ parentElement, data }) {
  const button = parentElement.querySelector("button");
  button.title = data.title;
  button.querySelector(".name").textContent = data.name;
  show(button, document.documentElement.classList.contains("presentation") || remembered());
  button.onclick = () => {
    const on = button.getAttribute("aria-pressed") !== "true";
    remember(on);
    show(button, on);
  };
}
