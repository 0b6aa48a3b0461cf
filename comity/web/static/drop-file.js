// A file that is dropped on a part of the page goes into that part's file field, as if it had been chosen there.
// Nothing is sent by it. Beside the parts a dropped file is let fall: the browser would leave the page to open it.
(() => {
  const zones = [...document.querySelectorAll("[data-drop]")];
  if (!zones.length || typeof DataTransfer !== "function") return;
  for (const kind of ["dragover", "drop"]) {
    document.addEventListener(kind, (event) => {
      if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
    });
  }
  for (const zone of zones) {
    const field = zone.querySelector("input[type=file]");
    const note = zone.querySelector("[data-drop-told]");
    if (!field) continue;
    if (note) note.textContent = note.dataset.dropReady;
    zone.addEventListener("dragover", () => zone.classList.add("dropping"));
    zone.addEventListener("dragleave", (event) => {
      if (!zone.contains(event.relatedTarget)) zone.classList.remove("dropping");
    });
    zone.addEventListener("drop", (event) => {
      zone.classList.remove("dropping");
      const file = event.dataTransfer?.files[0];
      if (!file) return;
      const one = new DataTransfer();
      one.items.add(file);
      field.files = one.files;
      field.dispatchEvent(new Event("change", { bubbles: true }));
      if (note) note.textContent = `${note.dataset.dropTold} ${file.name}`;
      field.focus();
    });
  }
})();
