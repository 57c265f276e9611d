// A whole number in a sentence.
function render({ model, el }) {
  el.classList.add("lasegm-blank");
  const input = Object.assign(document.createElement("input"), { type: "number" });
  el.append(input);
  function draw() {
    input.setAttribute("aria-label", model.get("description"));
    el.title = model.get("meaning");
    for (const name of ["min", "max", "step"]) input[name] = model.get(name);
    if (input.valueAsNumber !== model.get("value")) input.value = model.get("value");
  }
  input.onchange = () => {
    const value = Math.min(model.get("max"), Math.max(model.get("min"), Math.round(input.valueAsNumber)));
    if (Number.isFinite(value) && value !== model.get("value")) {
      model.set("value", value);
      model.save_changes();
      el.dispatchEvent(new CustomEvent("lasegm-asked", { bubbles: true }));
    }
    input.value = model.get("value");
  };
  model.on("change", draw);
  draw();
}

export default { render };
