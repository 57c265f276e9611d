// Bars with their 95 % intervals; when the order changes they move to their new places.
const ROW = 30; // pixels

function render({ model, el }) {
  const list = document.createElement("div");
  list.className = "lasegm-bars";
  el.append(list);
  const rows = new Map();

  function row(key) {
    if (!rows.has(key)) {
      const made = document.createElement("button");
      for (const part of ["name", "track", "text"]) {
        made.append(document.createElement("span"));
        made.lastChild.className = `lasegm-${part}`;
      }
      for (const part of ["value", "reach"]) {
        made.children[1].append(document.createElement("i"));
        made.children[1].lastChild.className = `lasegm-${part}`;
      }
      made.onclick = () => {
        model.set("chosen", key);
        model.save_changes();
      };
      rows.set(key, made);
      list.append(made);
    }
    return rows.get(key);
  }

  function draw() {
    const bars = model.get("bars");
    const most = Math.max(1e-9, ...bars.map((bar) => Math.max(bar.value, bar.ci_high ?? 0)));
    const percent = (value) => `${(100 * value) / most}%`;
    const gone = new Set(rows.keys());
    bars.forEach((bar, rank) => {
      gone.delete(bar.key);
      const made = row(bar.key);
      const [name, track, text] = made.children;
      made.style.transform = `translateY(${rank * ROW}px)`;
      made.dataset.rank = rank;
      made.setAttribute("aria-pressed", bar.key === model.get("chosen"));
      name.textContent = bar.name;
      text.textContent = bar.text;
      track.children[0].style.width = percent(bar.value);
      track.children[0].style.background = bar.color;
      track.children[1].hidden = bar.ci_low == null;
      track.children[1].style.left = percent(bar.ci_low ?? 0);
      track.children[1].style.width = percent((bar.ci_high ?? 0) - (bar.ci_low ?? 0));
    });
    for (const key of gone) {
      rows.get(key).remove();
      rows.delete(key);
    }
    list.style.height = `${ROW * bars.length}px`;
  }
  model.on("change", draw);
  draw();
}

export default { render };
