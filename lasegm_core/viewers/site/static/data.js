// Unpacks what the page holds: bytes in base64, arrays deflated.

async function inflated(text) {
  const stream = new Blob([bytes(text)]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).arrayBuffer();
}

async function unpackedSet(set) {
  set.interval = fraction(set.interval);
  set.picks = new Uint8Array(await inflated(set.picks));
  for (const { latency } of set.cards)
    for (const network in latency) latency[network] = fraction(latency[network]);
  for (const run of set.runs) run.tallies = new Uint32Array(await inflated(run.tallies));
  return set;
}

// Pictures stay files, for `picture.js`; class ids are read from them, too.
async function unpackedClip(clip) {
  clip.images = clip.images.map(bytes);
  clip.labels = await Promise.all(clip.labels.map(layer));
  for (const run in clip.predictions)
    clip.predictions[run] = await Promise.all(clip.predictions[run].map(layer));
  return clip;
}

async function layer(text) {
  if (!text) return null;
  const file = bytes(text);
  const { data } = await picture_.decode(file);
  return { file, ids: Uint8Array.from({ length: data.length / 4 }, (_, i) => data[4 * i]) };
}
