// Small helpers of all parts of the page.

export const find = (id) => document.getElementById(id);
export const percent = (value) => `${(100 * value).toFixed(0)} %`;
export const miou = (value) => value.toFixed(3);
export const range = ([low, high]) => `[${miou(low)}, ${miou(high)}]`;
export const signed = (value) => (value < 0 ? "" : "+") + miou(value);

export function options(select, names, chosen = 0) {
  select.replaceChildren(...names.map((name, i) => new Option(name, i, false, i === chosen)));
}

export function element(tag, className, text = "") {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

// A bar from 0 to 1 with its 95 % interval; a faint one behind it is the instant mIoU.
export function bar(name, color, found, instant, text) {
  const row = element("div", "bar");
  const track = element("span", "track");
  if (instant !== null) track.append(part("instant", 0, instant, color));
  track.append(part("value", 0, found.miou, color));
  const [low, high] = found.interval;
  track.append(part("reach", low, high - low, ""));
  row.append(element("span", "name", name), track, element("span", "text", text));
  return row;
}

function part(className, left, width, color) {
  const made = element("i", className);
  made.style.left = `${100 * left}%`;
  made.style.width = `${100 * width}%`;
  if (color) made.style.background = color;
  return made;
}

export function download(name, text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  link.download = name;
  link.click();
}
