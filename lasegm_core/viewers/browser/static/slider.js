// A native slider with its name and its value, and a button that plays it if asked to.
function render({ model, el }) {
  el.classList.add("lasegm-slider");
  const label = document.createElement("label");
  const input = Object.assign(document.createElement("input"), { type: "range", id: `lasegm-${Math.random().toString(36).slice(2)}` });
  label.htmlFor = input.id;
  const told = document.createElement("output");
  told.htmlFor = input.id;
  el.append(label, input, told);
  const base = model.get("base");
  const shown = (value) => (base ? Math.log(value) / Math.log(base) : value);
  const meant = (value) => (base ? base ** value : value);

  function set(value) {
    if (value === model.get("value")) return;
    model.set("value", value);
    model.save_changes();
    el.dispatchEvent(new CustomEvent("lasegm-asked", { bubbles: true }));
  }

  function draw() {
    label.textContent = model.get("description");
    el.title = model.get("meaning");
    for (const name of ["min", "max", "step"]) input[name] = model.get(name);
    input.value = shown(model.get("value"));
    input.disabled = model.get("disabled");
    const digits = Number.isInteger(model.get("step")) && !base ? 0 : 2;
    told.textContent = `${model.get("value").toFixed(digits)}${model.get("unit")}`;
    input.setAttribute("aria-valuetext", told.textContent);
  }
  input.oninput = () => set(meant(input.valueAsNumber));
  model.on("change", draw);
  draw();

  if (!model.get("play_ms")) return;
  const play = document.createElement("button");
  el.append(play);
  let timer = 0;
  function name(playing) {
    play.textContent = playing ? "❚❚" : "▶";
    play.setAttribute("aria-label", playing ? "Pause" : "Play the clip");
  }
  function stop() {
    clearInterval(timer);
    timer = 0;
    name(false);
  }
  play.onclick = () => {
    if (timer) return stop();
    if (model.get("value") >= model.get("max")) set(model.get("min"));
    name(true);
    timer = setInterval(() => {
      if (!el.isConnected || model.get("value") >= model.get("max")) return stop();
      if (!el.closest(".lasegm-busy")) set(model.get("value") + 1); // waits for what is computed
    }, model.get("play_ms"));
  };
  name(false);
  return () => clearInterval(timer);
}

export default { render };
