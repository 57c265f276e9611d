// What if: the network to run for a camera, a device and a schedule.

function rank(set, card, camera, schedule) {
  const rows = [];
  for (const run of set.runs) {
    const latency = card.latency[run.timed];
    const ages = latency && attempt(() => schedule(latency, camera));
    const found = ages && scored(run, set.picks, inDataFrames(ages, camera, set.interval));
    rows.push({ run, latency, ages, found });
  }
  const score = ({ found }) => (found ? found.miou : -1);
  return rows.sort((one, other) => score(other) - score(one));
}

function attempt(compute) {
  try {
    return compute();
  } catch {
    return null;
  }
}

function instants(set) {
  const own = set.runs.filter((run) => run.configuration === 1).reverse();
  return new Map(own.map((run) => [run.network, scored(run, set.picks, new Map([[0, 1]]))]));
}

function meanAge(ages) {
  return [...ages].reduce((sum, [age, share]) => sum + age * share, 0);
}

function faster(row, camera, single) {
  if (!single) return "";
  const k = frameOffset(row.latency, camera);
  if (k <= 1) return `; k = ${k} is the least there is`;
  const share = 1 - ((k - 1) * number(camera)) / number(row.latency);
  return `; k falls to ${k - 1} if its latency falls by ${(100 * share).toFixed(0)} %`;
}

function say(rows, camera, single) {
  const [first, ...others] = rows.filter((row) => row.found);
  if (!first) return "no network has a score: all are too slow for these clips, or not timed.";
  const kind = single ? "LAmIoU" : "streaming mIoU";
  const old = (1000 * meanAge(first.ages) * number(camera)).toFixed(0);
  const second = others.find((row) => row.run.network !== first.run.network);
  return (
    `run ${first.run.name}: ${kind} ${miou(first.found.miou)} ${range(first.found.interval)}. ` +
    `Its predictions are ${single ? "" : "on average "}${old} ms old` +
    `${faster(first, camera, single)}. ${second ? lead(first, second) : ""}`
  );
}

function lead(first, second) {
  const samples = first.found.samples.map((score, i) => score - second.found.samples[i]);
  const ends = interval(samples);
  const sure = ends[0] > 0 ? "" : "; the difference is inconclusive";
  const gap = signed(first.found.miou - second.found.miou);
  return `It is ${gap} [${ends.map(signed).join(", ")}] ahead of ${second.run.name}${sure}.`;
}

function whatIf(all) {
  const [sets, cards, fps, schedules] = ["set", "card", "fps", "schedule"].map(find);
  const set = () => all[sets.value];
  const bars = barsIn("bars");
  let rows = [];
  options(sets, all.map((of) => of.name));
  sets.onchange = () => {
    options(cards, set().cards.map((card) => card.name));
    fps.value = set().fps;
    draw();
  };
  for (const control of [cards, fps, schedules, find("all")]) control.oninput = draw;
  find("csv").onclick = () => download("lasegm.csv", asCsv(rows));
  function draw() {
    const rate = attempt(() => fraction(fps.value));
    if (!rate || rate.n <= 0n || rate.d <= 0n) {
      find("answer").textContent = "write the camera's frames a second, as 30, 29.97 or 50/3.";
      bars.assign({ bars: [] });
      return;
    }
    const camera = { n: rate.d, d: rate.n };
    const single = schedules.value === "every";
    const card = set().cards[cards.value];
    rows = rank(set(), card, camera, single ? agesOfEveryFrame : agesOfOneDevice);
    find("answer").textContent = `${say(rows, camera, single)} ${card.note}`;
    bars.assign({ bars: barsOf(rows, instants(set()), find("all").checked) });
    find("set-note").textContent = set().note;
  }
  sets.onchange();
}

function barsOf(rows, instant, all) {
  const met = new Set();
  const shown = rows.filter(({ run }) => all || (!met.has(run.network) && met.add(run.network)));
  return shown.map(({ run, latency, ages, found }) => {
    const why = latency ? "too slow for these clips" : "not timed on this device";
    const text = found ? `k = ${[...ages.keys()].join(", ")}` : why;
    return barOf(run, run.name, found, text, instant.get(run.network)?.miou);
  });
}

function asCsv(rows) {
  const lines = rows.map(({ run, latency, ages, found }) => [
    JSON.stringify(run.name),
    latency ? 1000 * number(latency) : "",
    ages ? meanAge(ages) : "",
    found?.miou ?? "",
    ...(found?.interval ?? ["", ""]),
  ]);
  const head = "run,latency_ms,mean_age_frames,miou,ci_low,ci_high";
  return [head, ...lines].map(String).join("\n") + "\n";
}
