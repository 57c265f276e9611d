// Unpacks what the page holds: bytes are deflated and written in base64.

async function inflated(text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).arrayBuffer();
}

export async function unpacked(page) {
  for (const set of page.sets) {
    set.interval = fraction(set.interval);
    set.picks = new Uint8Array(await inflated(set.picks));
    for (const card of set.cards)
      for (const network in card.latency) card.latency[network] = fraction(card.latency[network]);
    for (const run of set.runs) run.tallies = new Uint32Array(await inflated(run.tallies));
  }
  const clip = page.clip;
  clip.labels = new Uint8Array(await inflated(clip.labels));
  for (const run in clip.predictions)
    clip.predictions[run] = new Uint8Array(await inflated(clip.predictions[run]));
  clip.images = await Promise.all(clip.images.map(loaded));
  return page;
}

function loaded(source) {
  const image = new Image();
  image.src = source;
  return image.decode().then(() => image);
}

// Class ids of a frame, (height x width).
export function idsOf(clip, layers, frame) {
  const pixels = clip.width * clip.height;
  return layers.subarray(frame * pixels, (frame + 1) * pixels);
}
