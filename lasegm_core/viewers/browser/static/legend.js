// The classes with their colours and scores; a click hides or shows one.
function render({ model, el }) {
  el.classList.add("lasegm-legend");

  function set(hidden) {
    model.set("hidden", hidden);
    model.save_changes();
  }

  function toggle(id) {
    const hidden = model.get("hidden");
    set(hidden.includes(id) ? hidden.filter((other) => other !== id) : [...hidden, id]);
  }

  const table = document.createElement("table");
  const all = document.createElement("div");
  el.append(table, all);
  all.setAttribute("role", "group");
  all.setAttribute("aria-label", "classes");
  const ids = () => model.get("names").map((_, id) => id);
  for (const [name, hidden] of [["all", () => []], ["none", ids]]) {
    const button = document.createElement("button");
    button.textContent = name;
    button.onclick = () => set(hidden());
    all.append(button);
  }

  const cell = (row, text) => (row.insertCell().textContent = text);
  const score = (value) => (value == null ? "–" : value.toFixed(2));

  function mean(scores) {
    const there = scores.filter((value) => value != null);
    return there.length ? there.reduce((sum, value) => sum + value) / there.length : null;
  }

  function draw() {
    const [names, colors] = [model.get("names"), model.get("colors")];
    const hidden = new Set(model.get("hidden"));
    const focused = el.contains(document.activeElement) && document.activeElement.dataset.id;
    table.replaceChildren();
    const head = table.insertRow();
    cell(head, "class");
    for (const title of model.get("columns")) cell(head, title);
    names.forEach((name, id) => {
      const row = table.insertRow();
      const button = document.createElement("button");
      button.dataset.id = id;
      button.setAttribute("aria-pressed", !hidden.has(id));
      button.onclick = () => toggle(id);
      const chip = document.createElement("span");
      chip.style.background = `rgb(${colors[id]})`;
      button.append(chip, name);
      row.insertCell().append(button);
      for (const scores of model.get("values")) cell(row, score(scores[id]));
    });
    if (model.get("columns").length) {
      const row = table.insertRow();
      cell(row, "mean");
      for (const scores of model.get("values")) cell(row, score(mean(scores)));
    }
    if (focused) table.querySelector(`[data-id="${focused}"]`)?.focus();
  }
  model.on("change", draw);
  draw();
}

export default { render };
