// Keeps the view in the page's address, so that it can be shared; a page of its own only, since
// JupyterLab's address is its own.
function render({ model, el }) {
  if (!document.body.dataset.voila) return;
  el.hidden = true;
  const opened = new URLSearchParams(window.location.search);
  opened.delete("token");
  model.set("opened", opened.toString());
  model.save_changes();
  window.lasegmPing = () => model.send({ ping: true }); // the page asks whether the kernel lives
  const show = (query) => window.history.replaceState(null, "", `?${query}`);
  model.on("msg:custom", ({ query }) => {
    window.lasegmPong = Date.now();
    if (query) show(query);
  });
  if (!opened.size) show(model.get("query"));
  const watch = setInterval(() => {
    if (!document.querySelector("canvas[data-drawn], .lasegm-bars button")) return;
    clearInterval(watch);
    model.set("drawn", true);
    model.save_changes();
  }, 200);
  model.on("change:query", () => show(model.get("query")));
}

export default { render };
