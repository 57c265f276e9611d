// The lens: the newest prediction of two networks at a frame, and what lateness costs.
const LOOK = { view: "image", wrong: [200, 0, 60], late: [255, 140, 0], hidden: [], split: 0.5, opacity: 0.7 };

function lens(set, clip) {
  const runs = set.runs.filter((run) => run.key in clip.predictions);
  const cards = set.cards.filter((card) => runs.every((run) => run.timed in card.latency));
  const [first, second, device, show, frame] =
    ["first", "second", "device", "show", "frame"].map(find);
  const names = runs.map((run) => run.name);
  options(first, names);
  options(second, names, runs.findIndex((run) => run.network !== runs[0].network));
  options(device, cards.map((card) => card.name));
  frame.max = clip.images.length - 1;
  frame.value = Math.round(clip.images.length / 2);
  const known = { colors: clip.colors, names: clip.names, other: null, image: null, drawn: 0 };
  const pictures = [0, 1].map(() => place(picture_, new Model({ ...LOOK, ...known }), find("views")));
  const interval_ms = 1000 * number(set.interval);
  const line = place(timeline_, new Model({ rows: [], now: 0, interval_ms }), find("timeline"));
  for (const picture of pictures)
    picture.sent = ({ step }) => {
      frame.value = +frame.value + step;
      draw();
    };
  for (const control of [first, second, device, show, frame]) control.oninput = draw;
  function draw() {
    const chosen = [runs[first.value], runs[second.value]];
    const latency = (run) => cards[device.value].latency[run.timed];
    const found = chosen.map((run) => delayed(set, clip, run, latency(run), +frame.value));
    found.forEach((view, i) => pictures[i].assign({ ...traits(view, clip), view: show.value }));
    const rows = found.filter((view) => view.prediction).map(row);
    line.assign({ rows, now: +frame.value });
    find("frame-said").textContent = `frame ${frame.value} of ${frame.max}`;
  }
  draw();
  player(frame, interval_ms, draw);
}

// What is on show at a frame: the prediction from the frame that is k frames old.
function delayed(set, clip, run, latency, frame) {
  const k = frameOffset(latency, set.interval);
  const source = frame - k;
  const view = { run, k, source, frame, latency_ms: 1000 * number(latency), label: clip.labels[frame] };
  view.score = scored(run, set.picks, new Map([[k, 1]]));
  if (source < run.inputs - 1) return view;
  return { ...view, prediction: clip.predictions[run.key][source], before: clip.labels[source] };
}

function traits({ run, k, source, frame, latency_ms, label, score, prediction, before }, clip) {
  const whole = score ? `LAmIoU ${miou(score.miou)} ${range(score.interval)}` : "too slow for the clips";
  const title = `${run.name}\n${latency_ms.toFixed(0)} ms, k = ${k}: ${whole}\n`;
  const shown = { image: clip.images[frame], label: label.file, drawn: frame };
  const early = { ids: null, source: null, meanings: [], title: `${title}no prediction yet` };
  if (!prediction) return { ...shown, ...early };
  const cost = costs(prediction.ids, label.ids, before.ids, clip.names.length);
  const meanings = [
    [LOOK.wrong, `wrong anyway: ${cost.anyway.toFixed(1)} points, `],
    [LOOK.late, `wrong because late: ${cost.late.toFixed(1)} points of mIoU`],
  ];
  const layers = { ids: prediction.file, source: before.file };
  return { ...shown, ...layers, meanings, title: `${title}frame ${frame}, prediction from ${source}` };
}

function row({ run, source, latency_ms }) {
  const text = `frame ${source}, ${latency_ms.toFixed(0)} ms`;
  return { name: run.name, text, color: run.color, input: source, latency_ms };
}

// Plays in real time; the space bar starts and stops.
function player(frame, step, draw) {
  let timer = null;
  const button = find("play");
  const next = () => {
    frame.value = (+frame.value + 1) % (+frame.max + 1);
    draw();
  };
  const toggle = () => {
    if (timer) clearInterval(timer);
    timer = timer ? null : setInterval(next, step);
    button.textContent = timer ? "Pause" : "Play";
  };
  button.onclick = toggle;
  const help = () => {
    find("keys").hidden = !find("keys").hidden;
    find("help").setAttribute("aria-expanded", !find("keys").hidden);
  };
  find("keys").append(...KEYS.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
  find("help").onclick = help;
  document.addEventListener("keydown", (event) => pressed(event, () => toggle() ?? true, help));
}
