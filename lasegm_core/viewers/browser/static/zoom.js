// Zoom and pan: one window for all pictures that stand side by side, kept by their row. It has the
// corner (x, y) of what is seen, in parts of the picture, and how many times larger that is drawn.
const MOST = 16;
const WHOLE = { scale: 1, x: 0, y: 0 };
const STEP = 1.25;

const rowOf = (el) => el.closest(".lasegm-row, #row") ?? el.parentElement ?? el;
const windowOf = (el) => JSON.parse(rowOf(el).dataset.zoom ?? JSON.stringify(WHOLE));

function setWindow(el, { scale, x, y }) {
  const size = Math.min(MOST, Math.max(1, scale));
  const kept = (corner) => Math.min(1 - 1 / size, Math.max(0, corner));
  rowOf(el).dataset.zoom = JSON.stringify({ scale: size, x: kept(x), y: kept(y) });
  rowOf(el).dispatchEvent(new CustomEvent("lasegm-zoomed", { bubbles: true }));
}

// Zooms by a factor; the point (x, y) of the picture stays where it is.
function zoom(el, factor, [x, y]) {
  const seen = windowOf(el);
  const scale = Math.min(MOST, Math.max(1, seen.scale * factor));
  const corner = (from, point) => point - ((point - from) * seen.scale) / scale;
  setWindow(el, { scale, x: corner(seen.x, x), y: corner(seen.y, y) });
}

// Moves the window by parts of what is seen.
function pan(el, right, down) {
  const { scale, x, y } = windowOf(el);
  setWindow(el, { scale, x: x + right / scale, y: y + down / scale });
}

function middle(el) {
  const { scale, x, y } = windowOf(el);
  return [x + 0.5 / scale, y + 0.5 / scale];
}

// What a key does to the window; false if it has another meaning.
function zoomKey(el, { key, shiftKey }) {
  const side = { ArrowLeft: [-0.2, 0], ArrowRight: [0.2, 0], ArrowUp: [0, -0.2], ArrowDown: [0, 0.2] }[key];
  if (key === "+" || key === "=") zoom(el, STEP, middle(el));
  else if (key === "-") zoom(el, 1 / STEP, middle(el));
  else if (key === "0") setWindow(el, WHOLE);
  else if (side && windowOf(el).scale > 1 && (shiftKey || side[1])) pan(el, ...side);
  else return false;
  return true;
}

// Follows wheel, double click and changes of the window; `moved` is called with the window.
function zoomable(el, canvas, place, moved) {
  const follow = (event) => event.target === rowOf(el) && moved(windowOf(el));
  canvas.addEventListener(
    "wheel",
    (event) => {
      if (event.deltaY > 0 && windowOf(el).scale === 1) return; // the page scrolls
      event.preventDefault();
      zoom(el, STEP ** -Math.sign(event.deltaY), place(event));
    },
    { passive: false },
  );
  canvas.addEventListener("dblclick", () => setWindow(el, WHOLE));
  document.addEventListener("lasegm-zoomed", follow);
  return () => document.removeEventListener("lasegm-zoomed", follow);
}
