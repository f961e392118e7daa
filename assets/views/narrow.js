// On a narrow window the controls would leave half of it for the network: fold them away once, on arrival.
const NARROW = 1000;
let looked = false;

export default function () {
  if (looked) return;
  looked = true;
  if (window.innerWidth >= NARROW) return;
  const fold = () => {
    const button = document.querySelector('[data-testid="stSidebarCollapseButton"] button');
    if (button) button.click();
    return Boolean(button);
  };
  if (fold()) return;
  const watcher = new MutationObserver(() => (fold() ? watcher.disconnect() : null));
  watcher.observe(document.body, { childList: true, subtree: true });
}
