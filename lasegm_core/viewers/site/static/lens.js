// The lens: the newest prediction of two networks at a frame, and what lateness costs.

const LATE = [255, 140, 0];
const WRONG = [200, 0, 60];

export function lens(page) {
  const [set, clip] = [page.sets[0], page.clip];
  const runs = set.runs.filter((run) => run.key in clip.predictions);
  const cards = set.cards.filter((card) => runs.every((run) => run.timed in card.latency));
  const [first, second, device, show, frame] = ["first", "second", "device", "show", "frame"].map(find);
  const names = runs.map((run) => run.name);
  options(first, names);
  options(second, names, runs.findIndex((run) => run.network !== runs[0].network));
  options(device, cards.map((card) => card.name));
  frame.max = clip.images.length - 1;
  frame.value = Math.round(clip.images.length / 2);
  for (const control of [first, second, device, show, frame]) control.oninput = draw;
  function draw() {
    const card = cards[device.value];
    const chosen = [first, second].map((select) => runs[select.value]);
    const found = chosen.map((run) => delayed(clip, run, card.latency[run.timed], set.interval, +frame.value));
    found.forEach((view, i) => drawView(page, set, view, find(`view${i}`), show.value, +frame.value));
    find("timeline").replaceChildren(...found.map((view) => line(view, +frame.value, clip.images.length)));
    find("frame-said").textContent = `frame ${frame.value} of ${clip.images.length - 1}`;
  }
  draw();
  player(frame, 1000 * number(set.interval), draw);
}

// What is on show at a frame: the prediction from the frame that is k frames old.
function delayed(clip, run, latency, interval, frame) {
  const k = frameOffset(latency, interval);
  const source = frame - k;
  const there = source >= run.inputs - 1;
  const label = idsOf(clip, clip.labels, frame);
  const view = { run, k, source, there, label, latency };
  if (!there) return view;
  const ids = idsOf(clip, clip.predictions[run.key], source);
  return { ...view, ids, before: idsOf(clip, clip.labels, source) };
}

function drawView(page, set, view, figure, show, frame) {
  const { clip } = page;
  const { classes } = clip;
  const canvas = figure.querySelector("canvas");
  [canvas.width, canvas.height] = [clip.width, clip.height];
  const context = canvas.getContext("2d");
  context.drawImage(clip.images[frame], 0, 0, clip.width, clip.height);
  if (view.there) paint(context, clip, view, classes, show);
  const said = words(set, view, classes);
  figure.querySelector("figcaption").textContent = said;
  canvas.setAttribute("aria-label", said);
}

function paint(context, clip, view, classes, show) {
  const picture = context.getImageData(0, 0, clip.width, clip.height);
  for (let i = 0; i < view.label.length; i++) {
    const color = colorAt(view, i, classes, show);
    if (!color) continue;
    for (let part = 0; part < 3; part++)
      picture.data[4 * i + part] = 0.3 * picture.data[4 * i + part] + 0.7 * color[part];
  }
  context.putImageData(picture, 0, 0);
}

function colorAt({ ids, label, before }, i, classes, show) {
  if (show === "label") return classes[label[i]]?.color;
  if (show === "prediction") return classes[ids[i]]?.color;
  if (label[i] === 255 || ids[i] === label[i]) return null;
  return isLate(ids[i], label[i], before[i]) ? LATE : WRONG;
}

function words(set, view, classes) {
  const whole = scored(view.run, set.picks, new Map([[view.k, 1]]));
  const known = `${view.run.name}, ${(1000 * number(view.latency)).toFixed(0)} ms, k = ${view.k}. `;
  const all = whole ? `LAmIoU over all clips ${miou(whole.miou)}. ` : "Too slow for these clips. ";
  if (!view.there) return `${known}${all}No prediction yet.`;
  const { late, anyway } = costs(view.ids, view.label, view.before, classes.length);
  const cost = `In this frame: wrong anyway ${anyway.toFixed(1)} points of mIoU, wrong because late ${late.toFixed(1)}.`;
  return `${known}${all}Prediction from frame ${view.source}. ${cost}`;
}

// Frames as ticks, a bar from the input to now.
function line(view, frame, frames) {
  const row = element("div", "line");
  const place = (at) => `${(100 * at) / (frames - 1)}%`;
  for (let i = 0; i < frames; i++) row.append(mark("tick", place(i)));
  if (view.there) {
    const made = mark("age", place(view.source));
    made.style.width = place(view.k);
    made.style.background = view.run.color;
    row.append(made);
  }
  row.append(mark("now", place(frame)), element("span", "text", view.run.name));
  return row;
}

function mark(className, left) {
  const made = element("i", className);
  made.style.left = left;
  return made;
}

// Plays in real time; the space bar starts and stops.
function player(frame, step, draw) {
  let timer = null;
  const button = find("play");
  const toggle = () => {
    button.textContent = timer ? "Play" : "Pause";
    timer = timer ? clearInterval(timer) : setInterval(next, step);
  };
  const next = () => {
    frame.value = (+frame.value + 1) % (+frame.max + 1);
    draw();
  };
  button.onclick = toggle;
  document.addEventListener("keydown", (event) => {
    if (event.target.closest("input:not([type=range]), select, button")) return;
    if (event.key === " ") {
      event.preventDefault();
      toggle();
    }
    if (event.key === "?") find("keys").hidden = !find("keys").hidden;
  });
}
