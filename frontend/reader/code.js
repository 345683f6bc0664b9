// The button that copies a block of code. It is hidden in the page, and shown (by the style sheet) once this runs.
document.documentElement.dataset.reader = "";

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.(".md-copy");
  const code = button?.closest(".md-code")?.querySelector("pre");
  if (!code) return;
  const label = button.textContent;
  try {
    await navigator.clipboard.writeText(code.textContent);
    button.textContent = "Copied";
  } catch {
    // Without permission, or on a page that is not served securely: select it for Ctrl+C instead.
    getSelection()?.selectAllChildren(code);
    button.textContent = "Selected";
  }
  button.disabled = true;
  setTimeout(() => {
    button.textContent = label;
    button.disabled = false;
  }, 1500);
});
