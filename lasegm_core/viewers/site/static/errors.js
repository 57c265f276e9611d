// Two kinds of error of a late prediction, and what each costs of the mean IoU of a frame.

const IGNORE = 255;

export const isLate = (prediction, label, source) =>
  label !== IGNORE && prediction !== label && prediction === source;

function tally(prediction, label, classes) {
  const found = new Float64Array(3 * classes);
  for (let i = 0; i < label.length; i++) {
    if (label[i] === IGNORE) continue;
    if (prediction[i] === label[i]) found[label[i]] += 1;
    found[classes + label[i]] += 1;
    found[2 * classes + prediction[i]] += 1;
  }
  return found;
}

// Points of mIoU that late errors cost, and that are missing anyway.
export function costs(prediction, label, source, classes) {
  const now = meanIou(tally(prediction, label, classes));
  const mended = prediction.map((id, i) => (isLate(id, label[i], source[i]) ? label[i] : id));
  const then = meanIou(tally(mended, label, classes));
  return { late: 100 * (then - now), anyway: 100 * (1 - then) };
}
