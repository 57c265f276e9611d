// Configurations 1 to 3 of a network at its own k: bars, and their paired differences.

const SAID = {
  2: "one frame, trained on the label of t + k",
  3: "two frames, trained on the label of t + k",
};

function configurations(set) {
  const bars = barsIn("configuration-bars");
  const network = find("network");
  const names = [...new Set(set.runs.map((run) => run.network))].filter((name) =>
    [2, 3].every((number) => trained(set, name, number).length),
  );
  options(network, names);
  network.oninput = draw;
  function draw() {
    const name = names[network.value];
    const k = trained(set, name, 2)[0].trained;
    const runs = [1, 2, 3].map((number) => trained(set, name, number, number > 1 ? k : 0)[0]);
    const found = runs.map((run) => run && scored(run, set.picks, new Map([[k, 1]])));
    const instant = scored(runs[0], set.picks, new Map([[0, 1]]));
    const first = barOf(runs[0], "instant mIoU", instant, "");
    const others = runs.flatMap((run, i) =>
      run ? [barOf(run, `configuration ${i + 1}`, found[i], `k = ${k}`)] : [],
    );
    bars.assign({ bars: [first, ...others] });
    const pairs = [[1, 0], [2, 1], [2, 0]];
    find("verdict").textContent = pairs.map((pair) => gain(found, ...pair)).join(" ");
  }
  draw();
}

function trained(set, network, configuration, k = null) {
  const same = (run) => run.network === network && run.configuration === configuration;
  return set.runs.filter((run) => same(run) && (k === null || run.trained === k));
}

function gain(found, after, before) {
  if (!found[after] || !found[before]) return "";
  const ends = interval(found[after].samples.map((score, i) => score - found[before].samples[i]));
  const verdict = ends[0] > 0 ? "it gains" : ends[1] < 0 ? "it loses" : "inconclusive";
  const value = signed(found[after].miou - found[before].miou);
  const words = `Configuration ${after + 1} (${SAID[after + 1]}) against configuration ${before + 1}:`;
  return `${words} ${value} [${ends.map(signed).join(", ")}], ${verdict}.`;
}
