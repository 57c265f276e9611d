// After 150 ms without an answer the viewer's pictures are faded: they are those of an older view.
// Keys that are pressed in the viewer are the viewer's; on a page of its own, all others too.
const PATIENCE_MS = 150;

function render({ model, el }) {
  const said = document.createElement("div");
  said.className = "lasegm-status";
  said.setAttribute("role", "status");
  const [about, words] = [document.createElement("button"), document.createElement("ul")];
  about.textContent = "Keys (?)";
  about.className = "lasegm-about";
  about.onclick = help;
  words.hidden = true;
  words.append(...KEYS.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
  el.append(said);
  const viewer = () => el.closest(".lasegm-viewer");
  let timer = 0;

  function fade(what) {
    viewer()?.classList.toggle("lasegm-busy", Boolean(what));
    said.textContent = what;
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

  const player = () => viewer()?.querySelector(".lasegm-slider button");

  function help() {
    words.hidden = !words.hidden;
    about.setAttribute("aria-expanded", !words.hidden);
  }

  function play() {
    player()?.click();
    return player();
  }

  function typed(event) {
    const mine = document.body.dataset.voila || viewer()?.contains(event.target);
    if (!mine || !viewer()?.offsetParent || !player()) return;
    pressed(event, play, help);
  }

  if (model.get("plays")) {
    el.append(about, words);
    about.setAttribute("aria-expanded", false);
  }
  document.addEventListener("keydown", typed);
  document.addEventListener("lasegm-asked", asked);
  document.addEventListener("focusin", focused);
  model.on("change", answered);
  if (model.get("waiting")) answered();
  return () => {
    document.removeEventListener("keydown", typed);
    document.removeEventListener("lasegm-asked", asked);
    document.removeEventListener("focusin", focused);
  };
}

export default { render };
