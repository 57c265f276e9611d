// A button that saves the view as a page of its own, for people without a kernel.
function render({ model, el }) {
  const button = document.createElement("button");
  button.className = "jupyter-button";
  button.textContent = "Save this view as HTML";
  button.onclick = () => {
    button.disabled = true;
    model.send({});
  };
  model.on("msg:custom", ({ file }, buffers) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob(buffers, { type: "text/html" }));
    link.download = file;
    link.click();
    URL.revokeObjectURL(link.href);
    button.disabled = false;
  });
  el.append(button);
}

export default { render };
