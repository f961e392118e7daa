// A drawing (SVG) that can be moved, enlarged, fitted and shown full screen, by mouse, touch and keyboard. Its parts can
// be chosen, and its folded runs opened in place.
const ZOOM_STEP = 1.25;
const PAN_STEP = 60;
const NARROWEST = 0.03;
const WIDEST = 40;
const LEAST_SEEN = 60;
const MUCH_TOO_WIDE = 1.5; // times the frame
const SHOWN_AT_EDGE = 24;
const LONGEST_ARRIVAL = 2000;
const LEAST_OF_OPENED = 320; // pixels of what opens that are seen below the drawing; else it takes the drawing's place
const PART = "[data-fold], [data-path]:not([data-path=''])";

function name(parentElement, words) {
  parentElement.querySelector(".tools").setAttribute("aria-label", words.tools);
  parentElement.querySelectorAll("[data-act]").forEach((button) => {
    const { label, title } = words.buttons[button.dataset.act];
    button.title = title;
    if (button.hasAttribute("aria-label")) button.setAttribute("aria-label", label);
    else if (button.textContent !== label) button.textContent = label;
  });
}

// By the reader of HTML, which is three times as fast as that of XML and knows SVG.
function readDrawing(text) {
  const holder = document.createElement("template");
  holder.innerHTML = text.slice(text.indexOf("<svg"));
  const svg = holder.content.firstElementChild;
  svg.querySelectorAll("script, foreignObject").forEach((part) => part.remove());
  return svg;
}

function sizeOf(svg) {
  const box = svg.viewBox.baseVal;
  const size = box && box.width
    ? { width: box.width, height: box.height }
    : { width: parseFloat(svg.getAttribute("width")) || 600, height: parseFloat(svg.getAttribute("height")) || 400 };
  // A picture with opened runs is shown at the scale that it had before, and as high.
  return { ...size, home: Math.min(parseFloat(svg.dataset.home) || size.width, size.width) };
}

function makeView(root) {
  const view = { root, frame: root.querySelector(".frame"), stage: root.querySelector(".stage"), scale: 1, x: 0, y: 0 };
  // Remembered: to ask for it makes the browser lay the page out at once, which every new drawing would have to wait for.
  view.room = { width: view.frame.clientWidth, height: view.frame.clientHeight };
  const paint = () => {
    const { width, height } = view.size;
    const [roomX, roomY] = [view.room.width, view.room.height];
    // Some of the drawing always stays in sight.
    view.x = Math.min(roomX - LEAST_SEEN, Math.max(LEAST_SEEN - width * view.scale, view.x));
    view.y = Math.min(roomY - LEAST_SEEN, Math.max(LEAST_SEEN - height * view.scale, view.y));
    view.stage.style.transform = `translate(${view.x}px, ${view.y}px) scale(${view.scale})`;
    if (view.painted === view.scale) return;
    view.painted = view.scale;
    view.stage.style.setProperty("--scale", view.scale);
    view.stage.style.setProperty("--far", Math.max(1, 0.58 / view.scale));
  };
  // `whole`: all of it, however small; else what is opened may stand outside.
  view.fit = (whole = true) => {
    const { height, home } = view.size;
    const width = whole ? view.size.width : home;
    // As high as the drawing needs at this width, within what the page allows.
    const largest = view.data.largest;
    const needed = Math.max(Math.min(view.room.width / home, largest), view.data.smallest) * height;
    const tall = Math.min(view.data.height, Math.max(needed, view.data.height / 3));
    view.frame.style.height = `${tall}px`;
    if (!document.fullscreenElement) view.room = { ...view.room, height: tall };
    const { room } = view;
    if (!room.width || !room.height) return;
    const least = whole ? 0 : view.data.smallest;
    view.scale = Math.max(Math.min(room.width / width, room.height / height, largest), least);
    // What is too large to be read as a whole begins at its top and, where it is wide, at its left.
    const wide = width >= height || width * view.scale > MUCH_TOO_WIDE * room.width;
    view.x = Math.max((room.width - width * view.scale) / 2, wide ? 0 : -Infinity);
    view.y = Math.max((room.height - height * view.scale) / 2, 0);
    view.fitted = whole ? "whole" : "home";
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
    view.fitted = "";
    paint();
  };
  // First as it was when it came, then, if opened runs stand outside, all of it.
  view.refit = () => view.fit(view.fitted === "home" || view.size.home === view.size.width);
  view.pan = (dx, dy) => {
    view.x += dx;
    view.y += dy;
    view.fitted = "";
    paint();
  };
  return view;
}

function partAt(target) {
  return target instanceof Element ? target.closest(PART) : null;
}

// Parts in the order in which they are met: the blocks, and before a run's first block the count that opens the run.
function partsInOrder(svg) {
  const counts = new Map();
  svg.querySelectorAll("[data-first]").forEach((count) => {
    if (!counts.has(count.dataset.first)) counts.set(count.dataset.first, count);
  });
  const parts = [];
  svg.querySelectorAll(".block[data-path]:not([data-path=''])").forEach((block) => {
    if (counts.has(block.dataset.path)) parts.push(counts.get(block.dataset.path));
    parts.push(block);
  });
  return parts;
}

// All parts are one stop for Tab; arrow keys go from one to the next. Named for screen readers.
function makeReachable(view, svg) {
  svg.removeAttribute("role");
  view.parts = partsInOrder(svg);
  view.parts.forEach((part, place) => {
    part.setAttribute("tabindex", place ? "-1" : "0");
    part.setAttribute("role", "button");
    part.setAttribute("aria-label", part.querySelector("title")?.textContent ?? part.dataset.path);
    if (part.dataset.fold) part.setAttribute("aria-expanded", String(part.classList.contains("unfolded")));
  });
}

function keyOf(part) {
  return part ? `${part.dataset.fold ?? ""}|${part.dataset.path ?? ""}` : null;
}

function goTo(view, part) {
  if (!part) return;
  view.parts.forEach((each) => each.setAttribute("tabindex", each === part ? "0" : "-1"));
  part.focus({ preventScroll: true });
}

// What the keyboard has reached is moved into sight.
function reveal(view, part) {
  view.frame.scrollLeft = view.frame.scrollTop = 0;
  const [room, box] = [view.frame.getBoundingClientRect(), part.getBoundingClientRect()];
  const dx = Math.max(room.left + SHOWN_AT_EDGE - box.left, 0) || Math.min(room.right - SHOWN_AT_EDGE - box.right, 0);
  if (dx) view.pan(dx, 0);
}

function act(view, part) {
  if (!part.dataset.fold) return view.choose(part.dataset.path);
  const first = view.stage.querySelector(`[data-first][data-fold="${part.dataset.fold}"]`)?.dataset.first;
  const block = first && view.stage.querySelector(`.block[data-path="${first}"]`);
  // The run's first block stays where it is.
  view.anchor = block && { path: first, left: block.getBoundingClientRect().left };
  return view.fold(part.dataset.fold);
}

// Two fingers move the drawing with their middle and enlarge it with their distance.
function listenToFingers(view) {
  const fingers = new Map();
  const between = () => {
    const [one, other] = [...fingers.values()];
    return { x: (one.x + other.x) / 2, y: (one.y + other.y) / 2, apart: Math.hypot(one.x - other.x, one.y - other.y) };
  };
  view.frame.addEventListener("pointerdown", ({ pointerId, clientX: x, clientY: y }) => fingers.set(pointerId, { x, y }));
  view.frame.addEventListener("pointermove", ({ pointerId, clientX: x, clientY: y }) => {
    if (!fingers.has(pointerId)) return;
    const before = fingers.size === 2 ? between() : null;
    fingers.set(pointerId, { x, y });
    if (!before) return;
    const now = between();
    if (before.apart && now.apart) view.zoom(now.apart / before.apart, now.x, now.y);
    view.pan(now.x - before.x, now.y - before.y);
  });
  for (const end of ["pointerup", "pointercancel", "pointerleave"]) {
    view.frame.addEventListener(end, ({ pointerId }) => fingers.delete(pointerId));
  }
  view.fingers = fingers;
}

function listen(view) {
  const { frame, root } = view;
  let held = null;
  listenToFingers(view);
  frame.addEventListener("pointerdown", (event) => {
    if (view.fingers.size > 1) {
      held = null;
      return;
    }
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
    if (held?.part && !held.moved) act(view, held.part);
    held = null;
  });
  frame.addEventListener("pointercancel", () => (held = null));
  // A plain wheel scrolls the page; with Ctrl, or two fingers on a touchpad, it enlarges, sideways it moves.
  frame.addEventListener("wheel", (event) => {
    const sideways = event.shiftKey ? event.deltaY || event.deltaX : event.deltaX;
    if (event.ctrlKey || event.metaKey || (document.fullscreenElement && !event.shiftKey)) {
      event.preventDefault();
      view.zoom(event.deltaY < 0 ? ZOOM_STEP : 1 / ZOOM_STEP, event.clientX, event.clientY);
    } else if (Math.abs(sideways) > (event.shiftKey ? 0 : Math.abs(event.deltaY)) && !view.fitted) {
      event.preventDefault();
      view.pan(-sideways, 0);
    }
  }, { passive: false });
  frame.addEventListener("focusin", (event) => {
    const part = partAt(event.target);
    if (part?.matches(":focus-visible")) reveal(view, part);
  });
  listenToKeys(view);
  const acts = {
    in: () => view.zoom(ZOOM_STEP), out: () => view.zoom(1 / ZOOM_STEP), fit: view.refit, full: () => fullScreen(root),
  };
  root.querySelectorAll("button[data-act]").forEach((button) => (button.onclick = acts[button.dataset.act]));
  view.watcher = new ResizeObserver(([{ contentRect: { width, height } }]) => {
    view.room = { width, height };
    if (view.fitted) view.fit(view.fitted === "whole");
  });
  view.watcher.observe(frame);
}

function listenToKeys(view) {
  const { frame, root } = view;
  const keys = {
    "+": () => view.zoom(ZOOM_STEP), "=": () => view.zoom(ZOOM_STEP), "-": () => view.zoom(1 / ZOOM_STEP),
    "0": view.refit, f: () => fullScreen(root),
    ArrowLeft: () => view.pan(PAN_STEP, 0), ArrowRight: () => view.pan(-PAN_STEP, 0),
    ArrowUp: () => view.pan(0, PAN_STEP), ArrowDown: () => view.pan(0, -PAN_STEP),
  };
  const onPart = {
    ArrowLeft: (part) => goTo(view, view.parts[view.parts.indexOf(part) - 1]),
    ArrowRight: (part) => goTo(view, view.parts[view.parts.indexOf(part) + 1]),
    Home: () => goTo(view, view.parts[0]), End: () => goTo(view, view.parts.at(-1)),
    Enter: (part) => act(view, part), " ": (part) => act(view, part),
  };
  frame.addEventListener("keydown", (event) => {
    const part = view.data.clickable ? partAt(event.target) : null;
    const wanted = (part && onPart[event.key]) || keys[event.key];
    if (!wanted || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    wanted(part);
  });
}

function fullScreen(root) {
  if (document.fullscreenElement) document.exitFullscreen();
  else root.querySelector(".drawing").requestFullscreen?.();
}

// Dashes grow with the lines that stay visible from afar, so that the kinds of skip connection stay apart.
function dashesFromAfar(svg) {
  const dashed = [...svg.querySelectorAll(".skip path[stroke-dasharray]")];
  const kinds = new Set(dashed.map((path) => path.getAttribute("stroke-dasharray")));
  const rule = (dashes) => `.skip path[stroke-dasharray="${dashes}"] { stroke-dasharray: ${
    dashes.split(/[\s,]+/).map((length) => `calc(${parseFloat(length)}px * var(--far))`).join(" ")}; }`;
  return [...kinds].filter((dashes) => /^[\d.\s,]+$/.test(dashes)).map(rule).join("\n");
}

function show(view, text) {
  const svg = readDrawing(text);
  const held = keyOf(partAt(view.frame.getRootNode().activeElement));
  view.size = sizeOf(svg);
  if (view.data.clickable) makeReachable(view, svg);
  svg.setAttribute("width", view.size.width);
  svg.setAttribute("height", view.size.height);
  const style = document.createElement("style");
  style.textContent = dashesFromAfar(svg);
  view.stage.replaceChildren(style, svg);
  const anchor = view.anchor;
  view.anchor = null;
  if (anchor && view.size.home < view.size.width) {
    const block = view.stage.querySelector(`.block[data-path="${anchor.path}"]`);
    view.pan(block ? anchor.left - block.getBoundingClientRect().left : 0, 0);
  } else if (anchor || view.fitted !== "" || !view.data.keeps) {
    view.fit(false);
  } else {
    view.pan(0, 0);
  }
  if (held) goTo(view, view.parts?.find((part) => keyOf(part) === held));
}

// What opens below the drawing is brought into sight, with the drawing still above it where the window is high enough;
// once more when it has arrived. `opens` is the selector of what opens.
function lift(root, opens) {
  if (document.fullscreenElement) document.exitFullscreen();
  const drawing = root.querySelector(".drawing");
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const raise = () => {
    const opened = document.querySelector(opens);
    const above = opened ? opened.getBoundingClientRect().top - drawing.getBoundingClientRect().top : 0;
    const first = opened && above + LEAST_OF_OPENED > window.innerHeight ? opened : drawing;
    first.scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" });
  };
  raise();
  const page = (root.host ?? root).closest("[data-testid=stMainBlockContainer]");
  if (!page) return;
  const arrival = new ResizeObserver(raise);
  const stop = () => arrival.disconnect();
  arrival.observe(page);
  setTimeout(stop, LONGEST_ARRIVAL);
  // Whoever scrolls meanwhile wants to be elsewhere.
  for (const move of ["wheel", "touchmove", "keydown", "pointerdown"]) {
    document.addEventListener(move, stop, { once: true });
  }
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
  view.choose = (path) => {
    if (!data.clickable) return;
    setTriggerValue("chosen", path);
    if (data.lifts) lift(parentElement, data.lifts);
  };
  view.fold = (stage) => (data.foldable ? setTriggerValue("folded", stage) : null);
  const drawing = parentElement.querySelector(".drawing");
  drawing.classList.toggle("clickable", Boolean(data.clickable));
  drawing.classList.toggle("foldable", Boolean(data.foldable));
  view.frame.setAttribute("aria-label", data.description);
  if (view.shown !== data.svg) {
    view.shown = data.svg;
    show(view, data.svg);
  }
  const folds = data.foldable && view.stage.querySelector("[data-fold]");
  const hints = data.words[window.matchMedia("(pointer: coarse)").matches ? "touch" : "mouse"];
  const can = data.clickable ? (folds ? "open_unfold" : "open") : folds ? "unfold" : null;
  parentElement.querySelector(".hint").textContent = can ? `${hints[can]} ${hints.move}` : hints.move;
  name(parentElement, data.words);
  return () => {
    view.watcher.disconnect();
    views.delete(parentElement);
  };
}
