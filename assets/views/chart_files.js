// The chart with a given key as a file, SVG or PNG.
// What is zoomed, switched off or turned stays so; on a dark page the ink becomes that of the light theme.
const PNG_SCALE = 3;

function inked(value, swap) {
  if (typeof value === "string") {
    return value.replace(/#[0-9a-f]{6}/gi, (colour) => swap[colour.toUpperCase()] ?? colour);
  }
  if (Array.isArray(value)) return value.map((each) => inked(each, swap));
  if (value === null || typeof value !== "object" || ArrayBuffer.isView(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, inked(each, swap)]));
}

function worded(part, ink) {
  return { ...part, tickfont: { ...part?.tickfont, color: ink.text },
    title: { ...part?.title, font: { ...part?.title?.font, color: ink.text } } };
}

function axis(part, full, ink) {
  // A colour of its own would bring a line or a tick to light that the page does not show.
  const kept = { showline: full.showline, ticks: full.ticks, zeroline: full.zeroline };
  return { ...worded(part, ink), ...kept, color: ink.text, gridcolor: ink.border, linecolor: ink.border,
    zerolinecolor: ink.border, tickcolor: ink.border };
}

function scene(part, full, ink) {
  const sides = ["xaxis", "yaxis", "zaxis"].map((side) => [side, axis(part?.[side], full[side], ink)]);
  return { ...part, ...Object.fromEntries(sides) };
}

function onPaper(layout, full, ink) {
  const font = { color: ink.text };
  const drawn = { ...layout, paper_bgcolor: ink.background, plot_bgcolor: ink.background,
    font: { ...layout.font, ...font, family: ink.font } };
  for (const name of Object.keys(full)) {
    if (/^[xy]axis\d*$/.test(name)) drawn[name] = axis(drawn[name], full[name], ink);
    if (/^scene\d*$/.test(name)) drawn[name] = scene(drawn[name], full[name], ink);
    if (/^coloraxis\d*$/.test(name)) drawn[name] = { ...drawn[name], colorbar: worded(drawn[name]?.colorbar, ink) };
  }
  drawn.legend = { ...drawn.legend, font: { ...drawn.legend?.font, ...font }, bgcolor: "rgba(0,0,0,0)",
    title: { ...drawn.legend?.title, font } };
  if (drawn.title?.text) drawn.title = { ...drawn.title, font: { ...drawn.title.font, ...font } };
  drawn.annotations = drawn.annotations?.map((each) => ({ ...each, font: { ...each.font, ...font } }));
  return drawn;
}

function figureOf(chart, ink) {
  // A trace that has a scale of colours beside it says so in its full form.
  const data = inked(chart.data, ink.swap).map((trace, number) =>
    chart._fullData[number]?.colorbar ? { ...trace, colorbar: worded(trace.colorbar, ink) } : trace);
  return { data, layout: onPaper(inked(chart.layout, ink.swap), chart._fullLayout, ink) };
}

function save(address, name) {
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
}

function shown(selector) {
  const chart = document.querySelector(`${selector} .js-plotly-plot`);
  if (!chart?.data) throw new Error("The chart is not there yet.");
  return chart;
}

async function picture(data, format, scale) {
  const Plotly = await loadPlotly(data.plotly);
  const chart = shown(data.chart);
  const size = { width: chart.offsetWidth, height: chart.offsetHeight };
  return Plotly.toImage(figureOf(chart, data.ink), { ...size, format, scale });
}

async function make(data, format) {
  if (format === "png") return save(await picture(data, "png", PNG_SCALE), `${data.name}.png`);
  const address = await picture(data, "svg", 1);
  const svg = decodeURIComponent(address.slice(address.indexOf(",") + 1));
  const file = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  save(file, `${data.name}.svg`);
  return setTimeout(() => URL.revokeObjectURL(file), 60_000);
}

export default function ({ data, parentElement }) {
  const row = parentElement.querySelector(".files");
  const said = row.querySelector(".said");
  row.setAttribute("aria-label", data.description);
  row.querySelectorAll("button").forEach((button) => {
    const format = button.dataset.format;
    button.setAttribute("aria-label", data.button.replace("{format}", format.toUpperCase()));
    button.onclick = async () => {
      said.textContent = "";
      button.disabled = true;
      try {
        await make(data, format);
      } catch (error) {
        said.textContent = error.message;
      }
      button.disabled = false;
    };
  });
}
