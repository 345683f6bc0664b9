// Frames of other sites, loaded only after a click. The address comes from the server, which made it from a fixed
// template; it is checked here once more, because this is where it would do harm.
const players = {
  "https://www.youtube-nocookie.com": { path: /^\/embed\/[\w-]{11}$/, film: true },
  "https://player.vimeo.com": { path: /^\/video\/\d+$/, film: true },
  "https://codepen.io": { path: /^\/(team\/)?[\w-]+\/embed\/[\w-]+$/ },
  "https://codesandbox.io": { path: /^\/embed\/[\w-]+$/ },
  "https://embed.figma.com": { path: /^\/(design|proto|board|slides|deck)\/[\w-]+$/ },
  "https://open.spotify.com": { path: /^\/embed\/[a-z]+\/\w+$/ },
};

document.addEventListener("click", (event) => {
  const link = event.target.closest?.(".md-embed[data-embed] a");
  // Whoever asks for another tab or window gets the page at the provider.
  if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) {
    return;
  }
  const box = link.closest(".md-embed");
  const address = URL.canParse(box.dataset.embed) ? new URL(box.dataset.embed) : null;
  const player = address && Object.hasOwn(players, address.origin) ? players[address.origin] : null;
  if (!player?.path.test(address.pathname)) return;
  event.preventDefault();

  const frame = document.createElement("iframe");
  frame.title = link.textContent;
  frame.loading = "lazy";
  // Players refuse to start without the origin of the page; its path stays here.
  frame.referrerPolicy = "strict-origin-when-cross-origin";
  // Scripts of the player run in its own origin. It cannot take this page elsewhere, and gets no device.
  frame.setAttribute("sandbox", "allow-scripts allow-same-origin allow-popups allow-popups-to-escape-sandbox allow-forms allow-presentation");
  frame.allow = player.film ? "autoplay; fullscreen; picture-in-picture; encrypted-media" : "fullscreen; encrypted-media";
  const height = Number(box.dataset.height);
  if (height > 0) frame.height = String(Math.min(height, 1200));
  frame.src = address.href;
  frame.tabIndex = 0;
  const note = box.querySelector(".md-embed-note");
  box.replaceChildren(frame);
  if (note) {
    // The way to the provider's own page stays.
    link.textContent = `Open ${frame.title} in a new tab`;
    note.replaceChildren(link);
    box.append(note);
    box.classList.add("md-embed-open");
    delete box.dataset.embed;
  }
  frame.focus();
});
