// plotly.js, loaded once for all of our views from the app's own static folder; they begin with this file.
function loadPlotly(address) {
  if (window.Plotly) return Promise.resolve(window.Plotly);
  window.residualPlotly ??= new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = new URL(address, document.baseURI).href;
    script.onload = () => done(window.Plotly);
    script.onerror = () => failed(new Error("plotly.js could not be loaded"));
    document.head.appendChild(script);
  });
  return window.residualPlotly;
}
