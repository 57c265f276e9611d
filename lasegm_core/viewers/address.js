// Keeps the view in the page's address, so that it can be shared; a page of its own only, since
// JupyterLab's address is its own.
function render({ model, el }) {
  if (!document.body.dataset.voila) return;
  el.hidden = true;
  model.set("opened", window.location.search.slice(1));
  model.save_changes();
  model.on("change:query", () => window.history.replaceState(null, "", `?${model.get("query")}`));
  window.addEventListener("pagehide", endKernel);
}

// Voila ends the kernel of a page that is left, but its request lacks the token and is refused.
function endKernel() {
  const { baseUrl, kernelId } = JSON.parse(document.getElementById("jupyter-config-data").textContent);
  const token = /\b_xsrf=([^;]*)/.exec(document.cookie)?.[1] ?? "";
  const options = { method: "POST", keepalive: true, headers: { "X-XSRFToken": token } };
  fetch(`${baseUrl}voila/api/shutdown/${kernelId}`, options);
}

export default { render };
