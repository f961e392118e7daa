// While a file is dragged over the window, a box for files fills it (`build.css`): it may be dropped anywhere.
const CLASS = "file-dragged";
const root = document.documentElement;
let stop = () => {};

function isFile(event) {
  return Array.from(event.dataTransfer?.types ?? []).includes("Files");
}

export default function () {
  stop(); // called again at each run of the page
  const listening = new AbortController();
  const listen = (name, does) =>
    document.addEventListener(name, does, { signal: listening.signal, capture: true });
  const hide = () => root.classList.remove(CLASS);
  listen("dragenter", (event) => isFile(event) && root.classList.add(CLASS));
  listen("dragleave", (event) => event.relatedTarget === null && hide()); // it has left the window
  listen("drop", () => setTimeout(hide)); // once the box has taken the file
  stop = () => { listening.abort(); hide(); };
  return stop;
}
