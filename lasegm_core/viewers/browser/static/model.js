// What a widget's module expects of its model, without a kernel.
class Model {
  constructor(values) {
    this.values = values;
    this.drawers = [];
  }
  get(name) { return this.values[name]; }
  set(name, value) { this.values[name] = value; }
  on(event, draw) { if (event === "change") this.drawers.push(draw); }
  save_changes() { for (const draw of this.drawers) draw(); }
  send(message) { this.sent?.(message); }
  assign(values) {
    Object.assign(this.values, values);
    this.save_changes();
  }
}

const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

// Draws a model with a module, as a widget would.
function place(module, model, parent) {
  const el = document.createElement("div");
  parent.append(el);
  module.render({ model, el });
  return model;
}
