// After 150 ms without an answer the viewer's pictures are faded: they are those of an older view.
// Keys that are pressed in the viewer are the viewer's.
const PATIENCE_MS = 150;

function render({ model, el }) {
  el.classList.add("lasegm-status");
  el.setAttribute("role", "status");
  const viewer = () => el.closest(".lasegm-viewer");
  let timer = 0;

  function fade(words) {
    viewer()?.classList.toggle("lasegm-busy", Boolean(words));
    el.textContent = words;
  }

  function asked(event) {
    if (event.target.closest(".lasegm-viewer") !== viewer() || timer) return;
    timer = setTimeout(() => fade(model.get("waiting") || "computing ..."), PATIENCE_MS);
  }

  function answered() {
    clearTimeout(timer);
    timer = 0;
    if (!model.get("waiting")) fade("");
    else timer = setTimeout(() => fade(model.get("waiting")), PATIENCE_MS);
  }

  function focused({ target }) {
    // JupyterLab would take arrow keys and Enter; it looks at the focused element first.
    if (viewer()?.contains(target)) target.dataset.lmSuppressShortcuts = "true";
  }
  document.addEventListener("lasegm-asked", asked);
  document.addEventListener("focusin", focused);
  model.on("change", answered);
  if (model.get("waiting")) answered();
  return () => {
    document.removeEventListener("lasegm-asked", asked);
    document.removeEventListener("focusin", focused);
  };
}

export default { render };
