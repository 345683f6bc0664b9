// A picture, large, in a dialog. Without this script its link opens the picture itself.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a.md-zoom");
  if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) {
    return;
  }
  const small = link.querySelector("img");
  if (!small || !HTMLDialogElement.prototype.showModal) return;
  event.preventDefault();

  const dialog = document.createElement("dialog");
  dialog.className = "md-large";
  dialog.setAttribute("aria-label", small.alt || "Picture");
  const large = document.createElement("img");
  large.src = small.currentSrc || small.src;
  large.alt = small.alt;
  const close = document.createElement("button");
  close.type = "button";
  close.textContent = "Close";
  dialog.append(large, close);
  // A click anywhere closes it, as Escape does by itself.
  dialog.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => {
    dialog.remove();
    link.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
});
