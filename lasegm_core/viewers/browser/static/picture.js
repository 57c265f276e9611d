// A frame with class ids over it, drawn here so that opacity, classes, pointer and bar need no
// kernel. The live viewers and the static page share this file, which stands behind `zoom.js`.
const IGNORE = 255;

async function decode(bytes) {
  const options = { colorSpaceConversion: "none", premultiplyAlpha: "none" };
  const bitmap = await createImageBitmap(new Blob([bytes]), options);
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(bitmap, 0, 0);
  return context.getImageData(0, 0, bitmap.width, bitmap.height);
}

// Decodes what a trait holds, once for each value of it.
function decoder(model) {
  const known = {};
  return (name) => {
    const bytes = model.get(name);
    if (known[name]?.bytes !== bytes) {
      known[name] = { bytes, pixels: bytes?.byteLength ? decode(bytes) : null };
    }
    return known[name].pixels;
  };
}

// What each view is drawn from; the pointer reads all layers.
const LAYERS = {
  image: ["image"],
  prediction: ["image", "ids", "other"],
  label: ["image", "label"],
  errors: ["image", "ids", "other", "label", "source"],
};

// For each class id how much of the frame is kept, and what is added to it.
function tables({ colors, opacity, hidden }) {
  const [keep, red, green, blue] = Array.from({ length: 4 }, () => new Float32Array(256));
  keep.fill(1);
  colors.forEach((color, id) => {
    if (hidden.has(id)) return;
    keep[id] = 1 - opacity;
    [red[id], green[id], blue[id]] = color.map((part) => opacity * part);
  });
  return { keep, red, green, blue };
}

// Which class ids are shown at a row: those left of the bar, or right of it.
function* sides({ image, ids, other }, split) {
  const { width, height } = image;
  const bar = other ? Math.round(split * width) : width;
  for (let row = 0; row < height; row++) {
    yield [ids?.data, 4 * row * width, 4 * (row * width + bar)];
    yield [other?.data, 4 * (row * width + bar), 4 * (row + 1) * width];
  }
}

// Lays the colours of the prediction or the label over the frame.
function overlay(layers, look, out) {
  const { keep, red, green, blue } = tables(look);
  const frame = layers.image.data;
  for (const [ids, from, to] of sides(layers, look.split)) {
    for (let at = from; at < to; at += 4) {
      const id = ids ? ids[at] : IGNORE;
      out[at] = keep[id] * frame[at] + red[id];
      out[at + 1] = keep[id] * frame[at + 1] + green[id];
      out[at + 2] = keep[id] * frame[at + 2] + blue[id];
      out[at + 3] = 255;
    }
  }
}

// Marks on grey where the prediction differs from the label: in another colour where it was right
// for its own input frame.
function errors(layers, look, out) {
  const frame = layers.image.data;
  const truth = layers.label?.data;
  const before = layers.source?.data;
  for (const [ids, from, to] of sides(layers, look.split)) {
    for (let at = from; at < to; at += 4) {
      const right = !ids || !truth || truth[at] === IGNORE || truth[at] === ids[at];
      const grey = 0.299 * frame[at] + 0.587 * frame[at + 1] + 0.114 * frame[at + 2];
      const marked = !right && !look.hidden.has(truth[at]);
      const color = marked && before && before[at] === ids[at] ? look.late : look.wrong;
      for (let part = 0; part < 3; part++) out[at + part] = marked ? color[part] : grey;
      out[at + 3] = 255;
    }
  }
}

function compose(layers, look) {
  const drawn = new ImageData(layers.image.width, layers.image.height);
  if (look.view === "errors") errors(layers, look, drawn.data);
  else if (look.view === "label") overlay({ image: layers.image, ids: layers.label }, look, drawn.data);
  else overlay(look.view === "image" ? { image: layers.image } : layers, look, drawn.data);
  return drawn;
}

function element(tag, className, parent) {
  const made = document.createElement(tag);
  made.className = className;
  parent.append(made);
  return made;
}

function render({ model, el }) {
  el.classList.add("lasegm-picture");
  const title = element("div", "lasegm-title", el);
  const stage = element("div", "lasegm-stage", el);
  const canvas = element("canvas", "", stage);
  const bar = element("div", "lasegm-bar", stage);
  const keys = element("div", "lasegm-keys", el);
  const pointer = element("div", "lasegm-pointer", el);
  canvas.tabIndex = 0;
  canvas.dataset.lmSuppressShortcuts = "true"; // JupyterLab would take the arrow keys
  const pixels = decoder(model);
  let turn = 0;

  async function read(names) {
    const found = await Promise.all(names.map(pixels));
    return Object.fromEntries(names.map((name, index) => [name, found[index]]));
  }

  // The bar is a slider to those who do not see it.
  function describe(layers, look) {
    canvas.setAttribute("aria-label", `${model.get("title") || "no picture"}; ${look.view}`);
    canvas.setAttribute("role", layers.other ? "slider" : "img");
    const values = { valuemin: 0, valuemax: 100, valuenow: Math.round(100 * look.split) };
    for (const [name, value] of Object.entries(values)) {
      if (layers.other) canvas.setAttribute(`aria-${name}`, value);
      else canvas.removeAttribute(`aria-${name}`);
    }
    keys.replaceChildren();
    for (const [color, text] of look.view === "errors" ? model.get("meanings") ?? [] : []) {
      element("span", "", keys).style.background = `rgb(${color})`;
      keys.append(text);
    }
  }

  async function draw() {
    const mine = ++turn;
    const look = { hidden: new Set(model.get("hidden")) };
    for (const name of ["view", "opacity", "colors", "wrong", "late", "split"]) look[name] = model.get(name);
    const layers = await read(LAYERS[look.view]);
    if (mine !== turn) return; // a newer one is under way
    title.textContent = model.get("title");
    describe(layers, look);
    bar.hidden = !layers.other;
    stage.classList.toggle("lasegm-empty", !layers.image);
    if (layers.image) {
      canvas.width = layers.image.width;
      canvas.height = layers.image.height;
      canvas.getContext("2d").putImageData(compose(layers, look), 0, 0);
    }
    show(windowOf(el));
    canvas.dataset.drawn = model.get("drawn"); // what a test waits for
  }

  function show({ scale, x, y }) {
    canvas.style.transform = scale > 1 ? `scale(${scale}) translate(${-100 * x}%, ${-100 * y}%)` : "";
    canvas.style.touchAction = scale > 1 || parted() ? "none" : "pan-y";
    bar.style.left = `${100 * (model.get("split") - x) * scale}%`;
  }

  const parted = () => model.get("other")?.byteLength > 0;
  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  };

  async function tell(event) {
    const [x, y] = place(event);
    const layers = await read(LAYERS.errors);
    if (!layers.image) return;
    const { width, height } = layers.image;
    const [column, row] = [Math.floor(x * width), Math.floor(y * height)];
    const name = (layer) => {
      const id = layer?.data[4 * (row * width + column)];
      return id === undefined ? "none" : id === IGNORE ? "not evaluated" : model.get("names")[id];
    };
    const side = layers.other && x >= model.get("split") ? layers.other : layers.ids;
    pointer.textContent = `(${column}, ${row}) · prediction: ${name(side)} · label: ${name(layers.label)}`;
  }

  function move(split) {
    model.set("split", Math.min(1, Math.max(0, split)));
    model.save_changes();
  }

  let drag = null; // what is dragged: the bar, or a point of the picture

  // The bar, unless the picture is zoomed and the pointer is far from the bar.
  function grabbed(event) {
    const { scale } = windowOf(el);
    const box = canvas.getBoundingClientRect();
    const far = Math.abs(event.clientX - box.left - model.get("split") * box.width) > 12;
    if (parted() && (scale === 1 || !far)) return "bar";
    return scale > 1 ? place(event) : null;
  }

  function dragged(event) {
    const [x, y] = place(event);
    if (drag === "bar") return move(x);
    const seen = windowOf(el);
    setWindow(el, { ...seen, x: seen.x + drag[0] - x, y: seen.y + drag[1] - y });
  }

  canvas.addEventListener("pointermove", (event) => {
    tell(event);
    if (event.buttons && drag) dragged(event);
  });
  canvas.addEventListener("pointerleave", () => (pointer.textContent = ""));
  canvas.addEventListener("pointerdown", (event) => {
    drag = grabbed(event);
    if (drag) canvas.setPointerCapture(event.pointerId);
    if (drag === "bar") dragged(event);
  });
  canvas.addEventListener("pointerup", () => (drag = null));
  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return; // the browser's own
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const zoomed = zoomKey(el, event);
    if (!step && !zoomed) return;
    event.preventDefault();
    event.stopPropagation();
    if (zoomed) return;
    if (parted()) move(model.get("split") + 0.02 * step);
    else {
      model.send({ step });
      canvas.dispatchEvent(new CustomEvent("lasegm-asked", { bubbles: true }));
    }
  });
  model.on("change", draw);
  draw();
  return zoomable(el, canvas, place, show);
}

export default { render, decode };
