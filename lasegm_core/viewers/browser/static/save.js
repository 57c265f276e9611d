// A button that saves a file made by the kernel; a fault is said, and it can be pressed again.
function render({ model, el }) {
  const button = document.createElement("button");
  const fault = document.createElement("span");
  button.className = "jupyter-button";
  fault.className = "lasegm-fault";
  fault.setAttribute("role", "alert");
  button.textContent = model.get("title");
  button.onclick = () => {
    button.disabled = true;
    fault.textContent = "";
    model.send({});
  };
  model.on("msg:custom", (said, buffers) => {
    button.disabled = false;
    if (said.fault) {
      fault.textContent = ` ${said.fault}`;
      return;
    }
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob(buffers, { type: said.type }));
    link.download = said.file;
    link.click();
    URL.revokeObjectURL(link.href);
  });
  el.append(button, fault);
}

export default { render };
