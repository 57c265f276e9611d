// The keys of a page with pictures, and the words that list them.
const KEYS = [
  "space plays and pauses",
  "← and → on a picture: the frame before and after, or the bar",
  "+ and − on a picture zoom, 0 shows all of it, ↑ and ↓ pan, and so do all arrows with Shift",
  "mouse: the wheel zooms, dragging pans, a double click shows all",
  "? shows and hides this",
];

// Space and ?, unless the focused control has a use for them.
function pressed(event, play, help) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input:not([type=range]), textarea, [contenteditable=true]")) return;
  if (event.key === "?") help();
  else if (event.key !== " " || event.target.closest("select, button, a, [role=tab]") || !play()) return;
  event.preventDefault();
  event.stopPropagation();
}
