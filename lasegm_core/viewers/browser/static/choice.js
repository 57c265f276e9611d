// A menu, or buttons in a row. An option that cannot be chosen is grey and says why.
function render({ model, el }) {
  el.classList.add("lasegm-choice");
  const buttons = model.get("kind") === "buttons";
  const id = `lasegm-${Math.random().toString(36).slice(2)}`;
  const label = document.createElement(buttons ? "span" : "label");
  const control = document.createElement(buttons ? "div" : "select");
  if (buttons) {
    label.id = id;
    control.setAttribute("role", "group");
    control.setAttribute("aria-labelledby", id);
  } else {
    control.id = label.htmlFor = id;
    control.onchange = () => set(control.value);
  }
  el.append(label, control);

  function set(key) {
    if (key === model.get("value")) return;
    model.set("value", key);
    model.save_changes();
    el.dispatchEvent(new CustomEvent("lasegm-asked", { bubbles: true }));
  }

  function option({ key, title, reason }) {
    const part = document.createElement(buttons ? "button" : "option");
    part.textContent = reason && !buttons ? `${title} – ${reason}` : title;
    part.disabled = Boolean(reason);
    part.title = reason;
    if (buttons) {
      part.dataset.key = key;
      part.setAttribute("aria-pressed", key === model.get("value"));
      part.onclick = () => set(key);
    } else {
      part.value = key;
    }
    return part;
  }

  function draw() {
    label.textContent = model.get("description");
    el.title = model.get("meaning");
    const focused = buttons && control.contains(document.activeElement) && document.activeElement.dataset.key;
    control.replaceChildren(...model.get("options").map(option));
    if (!buttons) control.value = model.get("value");
    if (focused) control.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
  }
  model.on("change", draw);
  draw();
}

export default { render };
