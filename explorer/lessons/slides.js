// Arrow keys, Page up and down, Home and End turn the slides; in a slide that is higher than the window they scroll first.
const slides = [...document.querySelectorAll("section")];
const STEPS = { ArrowRight: 1, ArrowDown: 1, PageDown: 1, ArrowLeft: -1, ArrowUp: -1, PageUp: -1 };
const shown = () => slides.findLastIndex((slide) => slide.getBoundingClientRect().top <= innerHeight / 2);
addEventListener("keydown", (event) => {
  const step = STEPS[event.key], ends = { Home: 0, End: slides.length - 1 };
  if (event.altKey || event.ctrlKey || event.metaKey || (!step && !(event.key in ends))) return;
  const now = slides[shown()].getBoundingClientRect();
  const sideways = event.key === "ArrowRight" || event.key === "ArrowLeft";
  if (step > 0 && !sideways && now.bottom > innerHeight + 2) return;
  if (step < 0 && !sideways && now.top < -2) return;
  event.preventDefault();
  slides[ends[event.key] ?? Math.min(Math.max(shown() + step, 0), slides.length - 1)].scrollIntoView();
});
