// The words on the page that are drawn smaller than `least` pixels, with their size; those of formulas, drawings and
// shadow roots too. What is clipped to nothing or hidden does not count.
(least) => {
  const found = new Set();
  const above = (element) => element.parentElement ?? element.getRootNode().host ?? null;
  const seen = (element) => {
    for (let each = element; each; each = above(each)) {
      const style = getComputedStyle(each);
      if (style.visibility === "hidden" || style.display === "none" || style.clipPath !== "none") return false;
    }
    return true;
  };
  const size = (element) => {
    const scale = element instanceof SVGElement ? element.getScreenCTM?.()?.a ?? 1 : 1;
    return parseFloat(getComputedStyle(element).fontSize) * scale;
  };
  const walk = (root) => {
    const steps = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    for (let node = steps.currentNode; node; node = steps.nextNode()) {
      if (node.shadowRoot) walk(node.shadowRoot);
      const words = node.nodeType === Node.TEXT_NODE ? node.textContent.trim() : "";
      const element = node.parentElement;
      if (!words || !element || element.closest("script, style, title, desc, noscript, .katex-mathml")) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      const { width, height } = range.getBoundingClientRect();
      if (width > 2 && height > 2 && size(element) < least - 0.05 && seen(element)) {
        found.add(`${size(element).toFixed(1)}: ${words.slice(0, 40)}`);
      }
    }
  };
  walk(document.body);
  return [...found];
}
