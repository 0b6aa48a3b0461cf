// Keys that lead somewhere at once; see the page /keys, where they are turned off. Each stands in aria-keyshortcuts.
(() => {
  const typing = (one) => one.matches("input, textarea, select, [contenteditable]");
  const links = () => [...document.querySelectorAll(".row__title a")];

  function step(by) {
    const all = links();
    if (!all.length) return;
    const at = all.indexOf(document.activeElement);
    all[Math.min(all.length - 1, Math.max(0, at < 0 ? 0 : at + by))].focus();
  }

  function send() {
    const here = document.activeElement;
    const form = here.closest("form[data-keys-send]") ?? document.querySelector("form[data-keys-send]");
    const own = here.closest("[data-keys-here]")?.querySelector("button[type=submit]");
    (own ?? form?.querySelector("[data-keys-go]"))?.click();
  }

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      send();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const named = document.querySelector(`[aria-keyshortcuts="${CSS.escape(event.key)}"]`);
    if (event.key === "j") step(1);
    else if (event.key === "k") step(-1);
    else if (event.key === "?") location.assign("/keys");
    else if (named?.matches("input")) named.focus();
    else if (named) location.assign(named.dataset.keysTo ?? named.href);
    else return;
    event.preventDefault();
  });
})();
