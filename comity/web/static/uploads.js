// Fetches what sends files piece by piece only once a file is chosen; everything works without it, by the form itself.
(() => {
  const form = document.querySelector("form[data-uploads]");
  const input = form?.querySelector("input[type=file]");
  input?.addEventListener(
    "change",
    async () => {
      try {
        await import(form.dataset.sends);
      } catch {
        return; // the line broke: the files stay chosen, and go with the form
      }
      input.dispatchEvent(new Event("change"));
    },
    { once: true },
  );
})();
