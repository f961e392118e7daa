// A picture (SVG) that moves until it is paused, or not at all where the visitor wants less motion.
export default function ({ data, parentElement }) {
  const [root, stage] = [".residual", ".stage"].map((name) => parentElement.querySelector(name));
  const button = root.querySelector("button");
  if (root.shown !== data.svg) {
    root.shown = data.svg;
    stage.innerHTML = data.svg;
  }
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const paint = () => {
    root.classList.toggle("moving", !still.matches);
    button.hidden = still.matches;
    button.textContent = root.classList.contains("paused") ? data.play : data.pause;
  };
  button.onclick = () => { root.classList.toggle("paused"); paint(); };
  still.onchange = paint;
  paint();
}
