// A drawing (SVG) that can be moved, enlarged, fitted and shown full screen, by mouse, touch and keyboard.
const ZOOM_STEP = 1.25;
const PAN_STEP = 60;
const NARROWEST = 0.05;
const WIDEST = 40;

function readDrawing(text) {
  const parsed = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
  parsed.querySelectorAll("script, foreignObject").forEach((part) => part.remove());
  return document.importNode(parsed, true);
}

function sizeOf(svg) {
  const box = svg.viewBox.baseVal;
  if (box && box.width) return { width: box.width, height: box.height };
  return { width: parseFloat(svg.getAttribute("width")) || 600, height: parseFloat(svg.getAttribute("height")) || 400 };
}

function makeView(root) {
  const view = { root, frame: root.querySelector(".frame"), stage: root.querySelector(".stage"), scale: 1, x: 0, y: 0 };
  const paint = () => {
    view.stage.style.transform = `translate(${view.x}px, ${view.y}px) scale(${view.scale})`;
  };
  view.fit = () => {
    const { width, height } = view.size;
    // As high as the drawing needs at this width, within what the page allows.
    const needed = (view.frame.clientWidth / width) * height;
    view.frame.style.height = `${Math.min(view.data.height, Math.max(needed, view.data.height / 3))}px`;
    const room = view.frame.getBoundingClientRect();
    if (!room.width || !room.height) return;
    const whole = Math.min(room.width / width, room.height / height, view.data.largest);
    view.scale = Math.max(whole, view.data.smallest);
    // What is too large to be read as a whole begins at its top (or its left, if it is wide).
    view.x = Math.max((room.width - width * view.scale) / 2, width < height ? -Infinity : 0);
    view.y = Math.max((room.height - height * view.scale) / 2, 0);
    view.fitted = true;
    paint();
  };
  view.zoom = (factor, clientX, clientY) => {
    const room = view.frame.getBoundingClientRect();
    const atX = (clientX ?? room.left + room.width / 2) - room.left;
    const atY = (clientY ?? room.top + room.height / 2) - room.top;
    const scale = Math.min(WIDEST, Math.max(NARROWEST, view.scale * factor));
    view.x = atX - ((atX - view.x) * scale) / view.scale;
    view.y = atY - ((atY - view.y) * scale) / view.scale;
    view.scale = scale;
    view.fitted = false;
    paint();
  };
  view.pan = (dx, dy) => {
    view.x += dx;
    view.y += dy;
    view.fitted = false;
    paint();
  };
  return view;
}

function partAt(target) {
  return target instanceof Element ? target.closest("[data-path]:not([data-path=''])") : null;
}

// What can be opened is reached by Tab and named for screen readers; only where the page listens.
function makeReachable(svg) {
  svg.removeAttribute("role");
  svg.querySelectorAll(".block[data-path]:not([data-path=''])").forEach((part) => {
    part.setAttribute("tabindex", "0");
    part.setAttribute("role", "button");
    part.setAttribute("aria-label", part.querySelector("title")?.textContent ?? part.dataset.path);
  });
}

function listen(view) {
  const { frame, root } = view;
  let held = null;
  frame.addEventListener("pointerdown", (event) => {
    held = { x: event.clientX, y: event.clientY, moved: false, part: partAt(event.target) };
  });
  frame.addEventListener("pointermove", (event) => {
    if (!held) return;
    const [dx, dy] = [event.clientX - held.x, event.clientY - held.y];
    if (!held.moved && Math.hypot(dx, dy) < 4) return;
    if (!held.moved) frame.setPointerCapture(event.pointerId);
    view.pan(dx, dy);
    held = { x: event.clientX, y: event.clientY, moved: true };
  });
  frame.addEventListener("pointerup", () => {
    if (held?.part && !held.moved) view.choose(held.part.dataset.path);
    held = null;
  });
  frame.addEventListener("pointercancel", () => (held = null));
  // A plain wheel scrolls the page; with Ctrl, or two fingers on a touchpad, it enlarges.
  frame.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey && !document.fullscreenElement) return;
    event.preventDefault();
    view.zoom(event.deltaY < 0 ? ZOOM_STEP : 1 / ZOOM_STEP, event.clientX, event.clientY);
  }, { passive: false });
  const keys = {
    "+": () => view.zoom(ZOOM_STEP), "=": () => view.zoom(ZOOM_STEP), "-": () => view.zoom(1 / ZOOM_STEP),
    "0": view.fit, f: () => fullScreen(root),
    ArrowLeft: () => view.pan(PAN_STEP, 0), ArrowRight: () => view.pan(-PAN_STEP, 0),
    ArrowUp: () => view.pan(0, PAN_STEP), ArrowDown: () => view.pan(0, -PAN_STEP),
  };
  frame.addEventListener("keydown", (event) => {
    const part = partAt(event.target);
    if (part && (event.key === "Enter" || event.key === " ")) {
      event.preventDefault();
      view.choose(part.dataset.path);
      return;
    }
    const act = keys[event.key];
    if (!act || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    act();
  });
  const acts = {
    in: () => view.zoom(ZOOM_STEP), out: () => view.zoom(1 / ZOOM_STEP), fit: view.fit, full: () => fullScreen(root),
  };
  root.querySelectorAll("button[data-act]").forEach((button) => (button.onclick = acts[button.dataset.act]));
  view.watcher = new ResizeObserver(() => (view.fitted ? view.fit() : null));
  view.watcher.observe(frame);
}

function fullScreen(root) {
  if (document.fullscreenElement) document.exitFullscreen();
  else root.querySelector(".drawing").requestFullscreen?.();
}

const views = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  let view = views.get(parentElement);
  if (!view) {
    view = makeView(parentElement);
    views.set(parentElement, view);
    listen(view);
  }
  view.data = data;
  parentElement.querySelector(".hint").textContent =
    `${data.clickable ? "Click a block to open it. " : ""}Drag to move, Ctrl and wheel to enlarge.`;
  view.choose = (path) => (data.clickable ? setTriggerValue("chosen", path) : null);
  parentElement.querySelector(".drawing").classList.toggle("clickable", Boolean(data.clickable));
  view.frame.setAttribute("aria-label", data.description);
  if (view.shown !== data.svg) {
    const svg = readDrawing(data.svg);
    view.size = sizeOf(svg);
    if (data.clickable) makeReachable(svg);
    svg.setAttribute("width", view.size.width);
    svg.setAttribute("height", view.size.height);
    view.stage.replaceChildren(svg);
    view.shown = data.svg;
    view.fit();
  }
  return () => {
    view.watcher.disconnect();
    views.delete(parentElement);
  };
}
