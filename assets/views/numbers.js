// Numbers with their names, each exact beneath and explained under its question mark. What has not changed is not
// touched, so that a move of a slider costs some texts.
const EDGE = 8; // pixels that an explanation keeps from the window's edge

function element(tag, attributes, ...children) {
  const made = document.createElement(tag);
  Object.entries(attributes).forEach(([name, value]) => made.setAttribute(name, value));
  made.append(...children);
  return made;
}

function place(bubble, mark) {
  const [room, at] = [bubble.getBoundingClientRect(), mark.getBoundingClientRect()];
  const below = at.bottom + EDGE + room.height <= window.innerHeight;
  bubble.style.left = `${Math.max(EDGE, Math.min(at.left, window.innerWidth - room.width - EDGE))}px`;
  bubble.style.top = `${below ? at.bottom + EDGE / 2 : at.top - room.height - EDGE / 2}px`;
}

// Shown under the pointer or the focus, until either goes or Escape is pressed (WCAG 2.2, 1.4.13).
function explained(term, mark, bubble) {
  const show = () => { if (!bubble.matches(":popover-open")) { bubble.showPopover(); place(bubble, mark); } };
  const hide = () => { if (bubble.matches(":popover-open")) bubble.hidePopover(); };
  mark.addEventListener("mouseenter", show);
  mark.addEventListener("focus", show);
  mark.addEventListener("blur", hide);
  term.addEventListener("mouseleave", hide);
  mark.addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
}

function cell(number) {
  const id = `help-${number}`;
  const parts = { label: element("span", {}), value: element("dd", { class: "value" }),
    exact: element("dd", { class: "exact" }), help: element("div", { id, role: "tooltip", popover: "manual" }) };
  const mark = element("button", { type: "button", "aria-describedby": id }, "?");
  const term = element("dt", {}, parts.label, mark, parts.help);
  explained(term, mark, parts.help);
  return { root: element("div", {}, term, parts.value, parts.exact), mark, parts };
}

const drawn = new WeakMap();

export default function ({ data: { numbers: data, helpFor }, parentElement }) {
  const list = parentElement.querySelector(".numbers");
  const cells = drawn.get(list) || [];
  drawn.set(list, cells);
  while (cells.length > data.length) cells.pop().root.remove();
  data.forEach((texts, at) => {
    if (at === cells.length) list.append(cells[cells.push(cell(at)) - 1].root);
    const { mark, parts } = cells[at];
    Object.entries(texts).forEach(([name, text]) => {
      if (parts[name].textContent === text) return;
      parts[name].textContent = text;
      if (name === "label") mark.setAttribute("aria-label", helpFor.replace("{label}", text));
    });
  });
}
