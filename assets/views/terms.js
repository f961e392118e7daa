// A term of the glossary opens its definition beside the place where it stands; Escape or a click elsewhere closes it.
const LINKS = 'a[href^="#term-"]';
const GAP = 6; // pixels between the word and the box
let definitions = {};
let box = null;

function made() {
  const made = document.createElement("div");
  made.className = "term";
  made.popover = "auto";
  made.tabIndex = -1;
  made.setAttribute("role", "note");
  made.append(document.createElement("strong"), document.createElement("span"));
  document.body.append(made);
  return made;
}

function place(link) {
  const word = link.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = box;
  const below = word.bottom + GAP + height <= innerHeight;
  box.style.top = `${below ? word.bottom + GAP : Math.max(GAP, word.top - GAP - height)}px`;
  box.style.left = `${Math.max(GAP, Math.min(word.left, innerWidth - width - GAP))}px`;
}

function open(event) {
  const link = event.target.closest?.(LINKS);
  const found = link && definitions[link.getAttribute("href").slice("#term-".length)];
  if (!found) return;
  event.preventDefault();
  event.stopPropagation();
  box ??= made();
  const [title, definition] = found;
  box.firstChild.textContent = title;
  box.lastChild.textContent = definition;
  box.setAttribute("aria-label", `${title}: ${definition}`);
  box.showPopover();
  place(link);
  box.focus();
}

export default function ({ data }) {
  if (!Object.keys(definitions).length) document.addEventListener("click", open, true);
  definitions = data;
}
