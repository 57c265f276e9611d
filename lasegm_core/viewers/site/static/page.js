// Small helpers of all parts of the page.

const find = (id) => document.getElementById(id);
const miou = (value) => value.toFixed(3);
const range = ([low, high]) => `[${miou(low)}, ${miou(high)}]`;
const signed = (value) => (value < 0 ? "" : "+") + miou(value);

function options(select, names, chosen = 0) {
  select.replaceChildren(...names.map((name, i) => new Option(name, i, false, i === chosen)));
}

// A bar as `bars.js` takes it, from a score.
function barOf(run, name, found, text, instant = 0) {
  const bar = { key: run.key + name, name, color: run.color, text };
  if (!found) return { ...bar, value: 0 };
  const [ci_low, ci_high] = found.interval;
  const said = `${miou(found.miou)} ${range(found.interval)}${text && `, ${text}`}`;
  return { ...bar, value: found.miou, ci_low, ci_high, instant, text: said };
}

// Bars on an axis from 0 to 1, in a part of the page.
const barsIn = (id) => place(bars_, new Model({ bars: [], most: 1, chosen: "" }), find(id));

function download(name, text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  link.download = name;
  link.click();
}
