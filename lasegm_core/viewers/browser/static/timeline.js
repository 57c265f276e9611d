// Frames as ticks, a bar for each network from its input to its prediction, and the frame shown now.
const [ROW, LEFT, RIGHT, TOP] = [32, 8, 24, 20];

function render({ model, el }) {
  el.classList.add("lasegm-timeline");
  const space = "http://www.w3.org/2000/svg";

  function part(parent, tag, traits, text) {
    const made = document.createElementNS(space, tag);
    for (const [name, value] of Object.entries(traits)) made.setAttribute(name, value);
    if (text !== undefined) made.textContent = text;
    parent.append(made);
    return made;
  }

  function draw() {
    const [rows, now, interval] = [model.get("rows"), model.get("now"), model.get("interval_ms")];
    el.hidden = !rows.length;
    const first = Math.min(now, ...rows.map((row) => row.input)) - 1;
    const last = Math.max(now, ...rows.map((row) => row.input + row.latency_ms / interval)) + 1;
    const width = Math.max(280, el.clientWidth || 800);
    const x = (frame) => LEFT + ((frame - first) * (width - LEFT - RIGHT)) / (last - first);
    const height = TOP + ROW * rows.length + 18;
    const svg = document.createElementNS(space, "svg");
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    svg.setAttribute("role", "img");
    const said = rows.map((row) => `${row.name}: ${row.text}`).join("; ");
    svg.setAttribute("aria-label", `Time line. Frame ${now} is shown now. ${said}`);
    const every = Math.ceil((last - first) / Math.floor(width / 40)); // numbers do not touch
    for (let frame = Math.ceil(first); frame <= last; frame++) {
      part(svg, "line", { x1: x(frame), x2: x(frame), y1: TOP - 6, y2: height - 16, class: "lasegm-tick" });
      if (frame % every === 0 && frame >= 0) {
        part(svg, "text", { x: x(frame), y: height - 4, "text-anchor": "middle" }, frame);
      }
    }
    rows.forEach((row, place) => {
      const [y, from, to] = [TOP + ROW * place, x(row.input), x(row.input + row.latency_ms / interval)];
      part(svg, "text", { x: LEFT, y: y + 11, class: "lasegm-on" }, `${row.name}: ${row.text}`);
      part(svg, "rect", { x: from, y: y + 15, width: Math.max(2, to - from), height: 11, fill: row.color, rx: 2 });
    });
    part(svg, "line", { x1: x(now), x2: x(now), y1: TOP - 8, y2: height - 16, class: "lasegm-now" });
    part(svg, "text", { x: x(now), y: TOP - 9, "text-anchor": "middle", class: "lasegm-on" }, "now");
    el.replaceChildren(svg);
  }
  model.on("change", draw);
  draw();
  const sizes = new ResizeObserver(draw);
  sizes.observe(el);
  return () => sizes.disconnect();
}

export default { render };
