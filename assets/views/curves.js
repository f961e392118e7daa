// Curves that grow in place: Plotly.react keeps the node, the zoom and what was switched off in the legend.
function axis(data, title, extra) {
  return { title: { text: title }, gridcolor: data.colours.border, linecolor: data.colours.border, zeroline: false,
    tickcolor: data.colours.border, automargin: true, ...extra };
}

// Plotly looks traces up by their uid in CSS selectors, in which a network's name may mean anything.
function named(...words) {
  return words.join(" ").replace(/[^A-Za-z0-9-]/gu, (sign) => `_${sign.codePointAt(0).toString(16)}_`);
}

// 1, 2 and 5 of each decade where there is room for them, as ui/common/chart_axes.py has it for the other charts.
function labelsOfLog(curves) {
  const values = curves.flatMap((curve) => curve.y).filter((value) => value > 0 && Number.isFinite(value));
  if (!values.length) return undefined;
  const [least, greatest] = values.reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [Infinity, 0]);
  const decades = Math.log10(greatest / least);
  return decades >= 1 && decades <= 6 ? "D2" : undefined;
}

function figure(data) {
  const traces = data.curves.flatMap((curve) => {
    const cross = curve.endX.length ? [{ type: "scatter", mode: "markers", x: curve.endX, y: curve.endY, text: curve.endText,
      uid: named(curve.name, "end"), marker: { symbol: "x", size: 13, color: curve.colour },
      showlegend: false, legendgroup: curve.name,
      hovertemplate: `%{text}<extra>${curve.name}</extra>` }] : [];
    const line = {
      type: "scatter", mode: curve.markers ? "lines+markers" : "lines", name: curve.name, x: curve.x, y: curve.y,
      uid: named(curve.name, "line"), // what was switched off is found again by it
      line: { color: curve.colour, dash: curve.dash, width: 3 }, marker: { color: curve.colour, size: 8 },
      hovertemplate: `%{y:.4g}<extra>${curve.name}</extra>`, legendgroup: curve.name,
    };
    if (!curve.low) return [line, ...cross];
    // The band is an area between two edges that are not drawn; it goes with its line when that is switched off.
    const edge = { type: "scatter", mode: "lines", x: curve.x, line: { width: 0 }, hoverinfo: "skip",
      showlegend: false, legendgroup: curve.name };
    return [
      { ...edge, uid: named(curve.name, "low"), y: curve.low },
      { ...edge, uid: named(curve.name, "high"), y: curve.high, fill: "tonexty", fillcolor: `${curve.colour}40` },
      { ...line, customdata: curve.x.map((_, at) => [curve.low[at], curve.high[at]]),
        hovertemplate: `%{y:.4g} (%{customdata[0]:.4g} to %{customdata[1]:.4g})<extra>${curve.name}</extra>` },
      ...cross,
    ];
  });
  // A paper's figure for the same data, from one end of what is drawn to the other.
  const reach = data.xRange ?? [0, Math.max(1, ...data.curves.flatMap((curve) => curve.x))];
  traces.push(...data.references.map((reference) => ({ type: "scatter", mode: "lines", x: reach,
    y: [reference.y, reference.y], name: reference.name, uid: named(reference.name), hoverinfo: "name",
    line: { color: reference.colour, dash: "dot", width: 2 } })));
  const layout = {
    height: data.height, margin: { l: 64, r: 16, t: 12, b: 48 }, hovermode: "x unified",
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: data.font, size: 15, color: data.colours.text },
    hoverlabel: { bgcolor: data.colours.surface, bordercolor: data.colours.border, font: { color: data.colours.text } },
    legend: { orientation: "h", yanchor: "bottom", y: 1.02, x: 0 },
    xaxis: axis(data, data.xTitle, { range: data.xRange ?? undefined, autorange: data.xRange ? false : true,
      tickformat: data.xFormat || undefined }),
    yaxis: axis(data, data.yTitle, data.log
      ? { type: "log", tickformat: "~g", dtick: labelsOfLog(data.curves) }
      : { type: "linear", rangemode: "tozero" }),
    uirevision: data.revision,
    modebar: { bgcolor: "rgba(0,0,0,0)", color: data.colours.border, activecolor: data.colours.text },
  };
  // One button less is essential: it would send the chart to plotly's own server.
  const less = ["select2d", "lasso2d", "sendChartToCloud"];
  return [traces, layout, { displaylogo: false, responsive: true, modeBarButtonsToRemove: less }];
}

export default function ({ data, parentElement }) {
  const node = parentElement.querySelector(".plot");
  node.setAttribute("aria-label", data.description);
  node.style.minHeight = `${data.height}px`;
  loadPlotly(data.plotly).then((Plotly) => Plotly.react(node, ...figure(data)))
    .catch((error) => (node.textContent = error.message));
  node.dataset.points = String(data.curves.reduce((sum, curve) => sum + curve.x.length, 0));
}
