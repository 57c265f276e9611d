// A frame with class ids over it, drawn here so that opacity, classes, pointer and bar need no
// kernel. The live viewers and the static page share this file.
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

// Lays the colours of the prediction or the label over the frame; in view "errors" marks on grey
// where the prediction differs from the label.
function compose({ image, ids, other, label }, look) {
  const { width, height, data } = image;
  const drawn = new ImageData(width, height);
  const out = drawn.data;
  const bar = other ? Math.round(look.split * width) : width;
  const colored = look.view === "prediction" || look.view === "label";
  for (let pixel = 0, at = 0; pixel < width * height; pixel++, at += 4) {
    const truth = label ? label.data[at] : IGNORE;
    const answer = (pixel % width < bar ? ids : other)?.data[at];
    const id = look.view === "label" ? truth : (answer ?? IGNORE);
    let color = null;
    let opacity = look.opacity;
    let [red, green, blue] = [data[at], data[at + 1], data[at + 2]];
    if (look.view === "errors") {
      red = green = blue = 0.299 * red + 0.587 * green + 0.114 * blue;
      if (ids && truth !== IGNORE && id !== truth && !look.hidden.has(truth)) {
        [color, opacity] = [look.wrong, 1];
      }
    } else if (colored && id !== IGNORE && !look.hidden.has(id)) {
      color = look.colors[id];
    }
    if (color) {
      red += opacity * (color[0] - red);
      green += opacity * (color[1] - green);
      blue += opacity * (color[2] - blue);
    }
    out[at] = red;
    out[at + 1] = green;
    out[at + 2] = blue;
    out[at + 3] = 255;
  }
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
  const pointer = element("div", "lasegm-pointer", el);
  canvas.tabIndex = 0;
  canvas.dataset.lmSuppressShortcuts = "true"; // JupyterLab would take the arrow keys
  const pixels = decoder(model);
  let shown = null;
  let turn = 0;

  async function draw() {
    const mine = ++turn;
    const names = ["image", "ids", "other", "label"];
    const found = await Promise.all(names.map(pixels));
    if (mine !== turn) return; // a newer one is under way
    shown = Object.fromEntries(names.map((name, index) => [name, found[index]]));
    title.textContent = model.get("title");
    canvas.setAttribute("aria-label", model.get("title"));
    bar.hidden = !shown.other;
    bar.style.left = `${100 * model.get("split")}%`;
    stage.classList.toggle("lasegm-empty", !shown.image);
    if (shown.image) {
      const look = { hidden: new Set(model.get("hidden")) };
      for (const name of ["view", "opacity", "colors", "wrong", "split"]) look[name] = model.get(name);
      canvas.width = shown.image.width;
      canvas.height = shown.image.height;
      canvas.getContext("2d").putImageData(compose(shown, look), 0, 0);
    }
    canvas.dataset.drawn = model.get("drawn"); // what a test waits for
  }

  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  };

  function tell(event) {
    if (!shown?.image) return;
    const [x, y] = place(event);
    const { width, height } = shown.image;
    const [column, row] = [Math.floor(x * width), Math.floor(y * height)];
    const name = (layer) => {
      const id = layer?.data[4 * (row * width + column)];
      return id === undefined ? null : id === IGNORE ? "not evaluated" : model.get("names")[id];
    };
    const side = shown.other && x >= model.get("split") ? "other" : "ids";
    const parts = [`(${column}, ${row})`, `prediction: ${name(shown[side]) ?? "none"}`];
    parts.push(`label: ${name(shown.label) ?? "none"}`);
    pointer.textContent = parts.join(" · ");
  }

  function move(split) {
    model.set("split", Math.min(1, Math.max(0, split)));
    model.save_changes();
  }

  canvas.addEventListener("pointermove", (event) => {
    tell(event);
    if (event.buttons && shown?.other) move(place(event)[0]);
  });
  canvas.addEventListener("pointerleave", () => (pointer.textContent = ""));
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    if (shown?.other) move(place(event)[0]);
  });
  canvas.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    if (shown?.other) move(model.get("split") + 0.02 * step);
    else model.send({ step });
  });
  model.on("change", draw);
  draw();
}

export default { render };
