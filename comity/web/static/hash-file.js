// Hashes the chosen file here, so that only its SHA-256 is sent. Without scripts, or where the browser lends no
// cryptography (plain http), the form uploads the file as it stands.
(() => {
  const file = document.getElementById("document");
  const field = document.getElementById("sha256");
  const note = document.getElementById("hashed");
  if (!file || !field || !note || !globalThis.crypto?.subtle) return;
  note.textContent = note.dataset.ready;
  file.addEventListener("change", async () => {
    const chosen = file.files?.[0];
    if (!chosen) return;
    note.textContent = note.dataset.working;
    try {
      const digest = await crypto.subtle.digest("SHA-256", await chosen.arrayBuffer());
      field.value = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
      file.value = "";
      note.textContent = note.dataset.done;
    } catch {
      note.textContent = note.dataset.failed;
    }
  });
})();
