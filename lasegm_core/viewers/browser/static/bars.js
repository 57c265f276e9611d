// Bars with their 95 % intervals; when the order changes they move to their new places.
// On a narrow screen a bar stands between its name and its text, so that neither is cut.
const narrow = window.matchMedia("(max-width: 700px)");
const rowHeight = () => (narrow.matches ? 80 : 30); // pixels

function render({ model, el }) {
  const list = document.createElement("div");
  list.className = "lasegm-bars";
  const axis = document.createElement("div");
  axis.className = "lasegm-axis";
  for (const end of ["0", "0.5", "1"]) {
    axis.append(document.createElement("span"));
    axis.lastChild.textContent = end;
  }
  el.append(list, axis);
  const rows = new Map();

  function row(key) {
    if (!rows.has(key)) {
      const made = document.createElement("button");
      for (const part of ["name", "track", "text"]) {
        made.append(document.createElement("span"));
        made.lastChild.className = `lasegm-${part}`;
      }
      for (const part of ["instant", "value", "reach"]) {
        made.children[1].append(document.createElement("i"));
        made.children[1].lastChild.className = `lasegm-${part}`;
      }
      made.onclick = () => {
        model.set("chosen", key);
        model.save_changes();
        list.dispatchEvent(new CustomEvent("lasegm-asked", { bubbles: true }));
      };
      rows.set(key, made);
      list.append(made);
    }
    return rows.get(key);
  }

  function draw() {
    const bars = model.get("bars");
    const longest = Math.max(1e-9, ...bars.map((bar) => Math.max(bar.value, bar.ci_high ?? 0)));
    const most = model.get("most") || longest;
    const percent = (value) => `${(100 * value) / most}%`;
    const gone = new Set(rows.keys());
    bars.forEach((bar, rank) => {
      gone.delete(bar.key);
      const made = row(bar.key);
      const [name, track, text] = made.children;
      made.style.transform = `translateY(${rank * rowHeight()}px)`;
      made.dataset.rank = rank;
      made.setAttribute("aria-pressed", bar.key === model.get("chosen"));
      name.textContent = bar.name;
      text.textContent = bar.text;
      const [instant, value, reach] = track.children;
      instant.style.width = percent(bar.instant ?? 0);
      value.style.width = percent(bar.value);
      for (const part of [instant, value]) part.style.background = bar.color;
      reach.hidden = bar.ci_low == null;
      reach.style.left = percent(bar.ci_low ?? 0);
      reach.style.width = percent((bar.ci_high ?? 0) - (bar.ci_low ?? 0));
    });
    for (const key of gone) {
      rows.get(key).remove();
      rows.delete(key);
    }
    list.style.height = `${rowHeight() * bars.length}px`;
    axis.hidden = !model.get("most") || !bars.length;
  }
  model.on("change", draw);
  draw();
  narrow.addEventListener("change", draw);
  return () => narrow.removeEventListener("change", draw);
}

export default { render };
