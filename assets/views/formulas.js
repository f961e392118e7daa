// A formula that is wider than its column scrolls: let the keyboard reach it, which Streamlit's Markdown does not.
let watching = false;
let label = "";

function mark() {
  document.querySelectorAll(".katex-display").forEach((formula) => {
    if (formula.scrollWidth <= formula.clientWidth) return formula.removeAttribute("tabindex");
    formula.tabIndex = 0;
    formula.setAttribute("role", "group");
    formula.setAttribute("aria-label", label);
  });
}

export default function ({ data }) {
  label = data.label;
  if (watching) return;
  watching = true;
  let waiting = null;
  const soon = () => (waiting ??= setTimeout(() => { waiting = null; mark(); }, 100));
  new MutationObserver(soon).observe(document.body, { childList: true, subtree: true });
  window.addEventListener("resize", soon);
  // Its own letters, once they have come, make a formula wider.
  document.fonts.addEventListener("loadingdone", soon);
  soon();
}
