// What errors of a late prediction cost, as `facts.causes` has it: class ids as arrays of bytes.
const IGNORED = 255;

// Points of mIoU that late errors cost, and those that are missing anyway.
function costs(prediction, label, source, classes) {
  const late = (id, i) => label[i] !== IGNORED && id !== label[i] && id === source[i];
  const mended = prediction.map((id, i) => (late(id, i) ? label[i] : id));
  const now = classIous(tallied(prediction, label, classes));
  // A class that was only predicted late is gone once that is mended: nothing is missing to it.
  const then = classIous(tallied(mended, label, classes)).map((iou) => (isNaN(iou) ? 1 : iou));
  const there = now.flatMap((iou, id) => (isNaN(iou) ? [] : [id]));
  const mean = (of) => (100 * there.reduce((sum, id) => sum + of(id), 0)) / there.length;
  return { late: mean((id) => then[id] - now[id]), anyway: mean((id) => 1 - then[id]) };
}

function tallied(prediction, label, classes) {
  const found = new Float64Array(3 * classes);
  label.forEach((id, i) => {
    if (id === IGNORED) return;
    if (prediction[i] === id) found[id] += 1;
    found[classes + id] += 1;
    found[2 * classes + prediction[i]] += 1;
  });
  return found;
}
