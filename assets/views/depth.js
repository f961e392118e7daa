// Heat maps side by side, one for each network, on one scale of colours; they grow in place like the curves.
const GAP = 0.06; // of the whole width, between two maps
const LETTER = 7.5; // pixels of an average one
const BETWEEN = 90; // pixels between two rows of maps: an axis with its title, and the next map's name
const NARROWEST = 230; // pixels of a map, below which a row holds fewer of them

function places(count, width, mapHeight) {
  const most = Math.max(1, Math.min(count, Math.floor(width / NARROWEST)));
  const rows = Math.ceil(count / most);
  const columns = Math.ceil(count / rows); // four maps are two and two, not three and one
  const wide = (1 - GAP * (columns - 1)) / columns;
  const drawn = rows * mapHeight + (rows - 1) * BETWEEN;
  const [high, gap] = [mapHeight / drawn, BETWEEN / drawn];
  return { drawn, at: (number) => {
    const column = number % columns, row = Math.floor(number / columns);
    const left = column * (wide + GAP), top = 1 - row * (high + gap);
    return { x: [left, left + wide], y: [Math.max(0, top - high), Math.min(1, top)], first: column === 0 };
  } };
}

function map(data, each, number) {
  const suffix = number ? String(number + 1) : "";
  const value = (power) => (power === null ? "" : Number((10 ** power).toPrecision(3)).toString());
  const text = each.z.map((row, at) => row.map((power, column) =>
    `${each.rows[at]}<br>step ${each.x[column]}: ${data.title} ${value(power)}`));
  return { type: "heatmap", x: each.x, y: each.y, z: each.z, text, uid: each.name,
    xaxis: `x${suffix}`, yaxis: `y${suffix}`, coloraxis: "coloraxis", hoverongaps: false,
    hovertemplate: `%{text}<extra>${each.name}</extra>` };
}

function axes(data, each, place, number) {
  const suffix = number ? String(number + 1) : "";
  // Without axis lines: where some maps wait for readings, plotly first draws lines from NaN to NaN, and the browser
  // reports each of them.
  const common = { showgrid: false, zeroline: false, showline: false, tickcolor: data.colours.border,
    ticks: "outside", ticklen: 4, automargin: true };
  return {
    [`xaxis${suffix}`]: { ...common, domain: place.x, anchor: `y${suffix}`, range: [0, each.steps], nticks: 5,
      title: { text: "steps", standoff: 4 } },
    [`yaxis${suffix}`]: { ...common, domain: place.y, anchor: `x${suffix}`, range: [each.total + 0.5, 0.5], nticks: 6,
      showticklabels: each.y.length > 0,
      title: { text: place.first ? data.yTitle : "", standoff: 6 } },
  };
}

function colourAxis(data) {
  const ends = data.colourScale.map((colour, at, all) => [at / (all.length - 1), colour]);
  const ticks = [];
  for (let power = Math.ceil(data.low); power <= Math.floor(data.high); power += 1) ticks.push(power);
  const shown = ticks.length >= 2 ? ticks : [data.low, data.high];
  return { colorscale: ends, cmin: data.low, cmax: data.high, colorbar: { title: { text: data.title, side: "right" },
    tickvals: shown, ticktext: shown.map((power) => Number((10 ** power).toPrecision(2)).toString()), thickness: 14,
    outlinewidth: 0 } };
}

// A long name keeps to its own map; the whole of it is shown under the pointer.
function fitting(name, place, width) {
  const letters = Math.max(8, Math.floor((place.x[1] - place.x[0]) * (width - 150) / LETTER));
  return name.length > letters ? `${name.slice(0, letters - 1)}…` : name;
}

function figure(data, width) {
  const grid = places(data.maps.length, width, data.height);
  const layout = {
    height: grid.drawn + 84, margin: { l: 60, r: 16, t: 34, b: 50 },
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", coloraxis: colourAxis(data),
    font: { family: data.font, size: 14, color: data.colours.text }, uirevision: data.revision,
    modebar: { bgcolor: "rgba(0,0,0,0)", color: data.colours.border, activecolor: data.colours.text },
    hoverlabel: { bgcolor: data.colours.surface, bordercolor: data.colours.border, font: { color: data.colours.text } },
    annotations: data.maps.map((each, number) => ({ text: fitting(each.name, grid.at(number), width),
      hovertext: each.name, showarrow: false, xref: "paper", yref: "paper",
      x: grid.at(number).x[0], y: grid.at(number).y[1], xanchor: "left", yanchor: "bottom", yshift: 4 })),
  };
  data.maps.forEach((each, number) => Object.assign(layout, axes(data, each, grid.at(number), number)));
  // One button less is essential: it would send the chart to plotly's own server.
  const less = ["select2d", "lasso2d", "sendChartToCloud"];
  return [data.maps.map((each, number) => map(data, each, number)), layout,
    { displaylogo: false, responsive: true, modeBarButtonsToRemove: less }];
}

export default function ({ data, parentElement }) {
  const node = parentElement.querySelector(".plot");
  node.setAttribute("aria-label", data.description);
  const draw = (Plotly) => Plotly.react(node, ...figure(data, node.clientWidth || 900));
  loadPlotly(data.plotly).then((Plotly) => {
    draw(Plotly);
    // Another width may hold more or fewer maps in a row.
    let width = node.clientWidth;
    const watcher = new ResizeObserver(() => {
      if (Math.abs(node.clientWidth - width) < 40 || !node.clientWidth) return;
      width = node.clientWidth;
      draw(Plotly);
    });
    watcher.observe(node);
    node.watcher?.disconnect();
    node.watcher = watcher;
  }).catch((error) => (node.textContent = error.message));
  node.dataset.readings = String(data.maps.reduce((sum, each) => sum + each.x.length, 0));
}
