// The metric, as lasegm_core.metric computes it: times are exact fractions of whole numbers, and
// every score is read off tallies (clips, offsets, 3, classes): hits, labelled, predicted pixels.

const gcd = (a, b) => (b ? gcd(b, a % b) : a);

// "3/50" or "0.06", exactly; what is no such number is an error.
function fraction(text) {
  if (!/^\s*(\d+([.]\d*)?|[.]\d+)(\/\d+)?\s*$/.test(text)) throw new RangeError(text);
  const [above, below = "1"] = String(text).trim().split("/");
  const decimals = (above.split(".")[1] ?? "").length;
  const n = BigInt(above.replace(".", ""));
  const d = BigInt(below) * 10n ** BigInt(decimals);
  const common = gcd(n, d);
  return { n: n / common, d: d / common };
}

const number = ({ n, d }) => Number(n) / Number(d);

// k = ceil(latency / interval): a latency that equals a multiple is in time.
function frameOffset(latency, interval) {
  const [a, b] = [latency.n * interval.d, latency.d * interval.n];
  return Number((a + b - 1n) / b);
}

// Shares of the ages of the newest prediction: every frame on a device of its own.
function agesOfEveryFrame(latency, interval) {
  return new Map([[frameOffset(latency, interval), 1]]);
}

// The same for one device, which takes the newest frame as soon as it is free, in the long run.
function agesOfOneDevice(latency, interval, frames = 2000) {
  if (frameOffset(latency, interval) <= 1) return agesOfEveryFrame(latency, interval);
  const [time, step] = [latency.n * interval.d, interval.n * latency.d];
  const found = new Array(frames).fill(-1);
  const seen = new Map();
  let [free, frame, cycle] = [0n, -1n, null];
  for (;;) {
    const start = free > (frame + 1n) * step ? free : (frame + 1n) * step;
    frame = start / step;
    if (frame >= frames) break;
    free = start + time;
    const first = Number((free + step - 1n) / step);
    if (first < frames) found[first] = Number(frame);
    const late = String(free - frame * step);
    if (!cycle && seen.has(late)) {
      const [earlier, since] = seen.get(late);
      cycle = [since, Number(frame) - earlier];
    } else if (!seen.has(late)) seen.set(late, [Number(frame), first]);
  }
  return counted(newest(found), cycle);
}

function newest(found) {
  let last = -1;
  return found.map((frame) => (last = Math.max(last, frame)));
}

function counted(sources, cycle) {
  const first = cycle ? cycle[0] : sources.findIndex((frame) => frame >= 0);
  const end = cycle ? Math.min(cycle[0] + cycle[1], sources.length) : sources.length;
  if (first < 0 || first >= end) throw new RangeError("too slow");
  const ages = new Map();
  for (let i = first; i < end; i++) {
    const age = i - sources[i];
    ages.set(age, (ages.get(age) ?? 0) + 1 / (end - first));
  }
  return ages;
}

// Ages in frames of the camera as offsets of the data; between two offsets by interpolation.
function inDataFrames(ages, camera, data) {
  const ratio = { n: camera.n * data.d, d: camera.d * data.n };
  const offsets = new Map();
  const add = (k, share) => share && offsets.set(k, (offsets.get(k) ?? 0) + share);
  for (const [age, share] of ages) {
    const whole = (BigInt(age) * ratio.n) / ratio.d;
    const rest = number({ n: BigInt(age) * ratio.n - whole * ratio.d, d: ratio.d });
    add(Number(whole), share * (1 - rest));
    add(Number(whole) + 1, share * rest);
  }
  return offsets;
}

// Tallies (clips, 3, classes) of several offsets, mixed in proportion; null where k is not scored.
function mixed(run, offsets) {
  const size = 3 * run.classes;
  const out = new Float64Array(run.clips * size);
  for (const [offset, share] of offsets) {
    if (offset >= run.offsets) return null;
    for (let clip = 0; clip < run.clips; clip++)
      for (let i = 0; i < size; i++)
        out[clip * size + i] += share * run.tallies[(clip * run.offsets + offset) * size + i];
  }
  return out;
}

// The IoU of each class from pooled tallies (3, classes); NaN for one that never occurs.
function classIous(pooled) {
  const classes = pooled.length / 3;
  return Array.from({ length: classes }, (_, c) => {
    const union = pooled[classes + c] + pooled[2 * classes + c] - pooled[c];
    return union > 0 ? pooled[c] / union : NaN;
  });
}

function meanIou(pooled) {
  const present = classIous(pooled).filter((iou) => !isNaN(iou));
  return present.reduce((sum, iou) => sum + iou, 0) / present.length;
}

// The score of tallies (clips, 3, classes), each clip taken `times` (default: once).
function pooledIou(tallies, classes, times = null) {
  const size = 3 * classes;
  const pooled = new Float64Array(size);
  for (let clip = 0; clip * size < tallies.length; clip++) {
    const weight = times ? times[clip] : 1;
    if (weight) for (let i = 0; i < size; i++) pooled[i] += weight * tallies[clip * size + i];
  }
  return meanIou(pooled);
}

// Scores of resampled sets; `picks` (draws, clips) says how often each clip is in each.
function bootstrap(tallies, classes, picks) {
  const clips = tallies.length / (3 * classes);
  const scores = new Float64Array(picks.length / clips);
  for (let draw = 0; draw < scores.length; draw++)
    scores[draw] = pooledIou(tallies, classes, picks.subarray(draw * clips, (draw + 1) * clips));
  return scores;
}

// The central interval that holds 95 % of the samples.
function interval(samples) {
  const sorted = Float64Array.from(samples).sort();
  return [0.025, 0.975].map((share) => {
    const place = share * (sorted.length - 1);
    const below = Math.floor(place);
    const above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  });
}

// A run's score, interval and samples for ages of its newest prediction; null where too slow.
function scored(run, picks, offsets) {
  const tallies = mixed(run, offsets);
  if (!tallies) return null;
  const samples = bootstrap(tallies, run.classes, picks);
  return { miou: pooledIou(tallies, run.classes), interval: interval(samples), samples };
}
