// Sends the chosen files piece by piece and goes on where a broken line left them; everything works without it, by the
// form itself. Built by scripts/vendor.py with tus-js-client. Nothing is kept in the browser: which file was begun is
// known by the server's own list, and the file is chosen again after the page was left.
import { Upload } from "tus-js-client/lib.esm/browser/index.js";

const form = document.querySelector("form[data-uploads]");
const input = form?.querySelector("input[type=file]");
const list = form?.querySelector("[data-upload-list]");
const status = form?.querySelector("[data-upload-status]");
let running = 0;

function row(file) {
  const known = [...list.children].find((one) => one.dataset.name === file.name);
  if (known) return known;
  const made = form.querySelector("template").content.firstElementChild.cloneNode(true);
  made.dataset.name = file.name;
  made.querySelector("[data-upload-name]").textContent = file.name;
  list.append(made);
  return made;
}

function say(shown, text) {
  shown.querySelector("[data-upload-state]").textContent = text;
}

function settle(change) {
  running += change;
  for (const button of form.querySelectorAll("button[type=submit]:not([formaction])")) button.disabled = running > 0;
  status.textContent = running > 0 ? list.dataset.sending : list.dataset.all;
}

function send(file) {
  const shown = row(file);
  if (shown.dataset.size && Number(shown.dataset.size) !== file.size) return say(shown, list.dataset.other);
  const meter = shown.querySelector("progress");
  const begun = Date.now();
  settle(1);
  const upload = new Upload(file, {
    endpoint: form.dataset.uploads,
    uploadUrl: shown.dataset.url || null,
    chunkSize: 8 * 1024 * 1024,
    retryDelays: [0, 500, 1000, 2000, 4000, 8000, 15000, 30000],
    storeFingerprintForResuming: false,
    headers: { "form-token": form.elements["form-token"].value },
    metadata: { filename: file.name },
    onProgress(sent, total) {
      meter.max = total;
      meter.value = sent;
      const speed = sent / Math.max(1, (Date.now() - begun) / 1000);
      const left = Math.ceil((total - sent) / Math.max(1, speed));
      say(shown, `${Math.floor((100 * sent) / Math.max(1, total))} % · ${(speed / 1e6).toFixed(1)} MB/s · ${left} s`);
    },
    onSuccess() {
      meter.value = meter.max;
      say(shown, list.dataset.here);
      settle(-1);
    },
    onError(error) {
      const told = error.originalResponse?.getBody() || list.dataset.broken;
      say(shown, told);
      settle(-1);
    },
  });
  upload.start();
}

if (input && list) {
  input.addEventListener("change", () => {
    for (const file of input.files) send(file);
    input.value = ""; // sent above: the form is not to send them again
  });
}
