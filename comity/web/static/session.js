// Before a session ends the page says so, and one press keeps it: the server is told that somebody is still there.
"use strict";

for (const box of document.querySelectorAll("[data-session-ends]")) {
  const WARN_SECONDS = 300;
  const look = (until) => {
    const left = until - Date.now() / 1000 - WARN_SECONDS;
    if (left <= 0) box.hidden = false;
    else setTimeout(look, left * 1000, until);
  };
  look(Number(box.dataset.sessionEnds) - Number(box.dataset.now) + Date.now() / 1000);
  box.querySelector("button").addEventListener("click", async () => {
    const body = new URLSearchParams(new FormData(box.querySelector("form")));
    const answer = await fetch("/account/stay", { method: "POST", body });
    if (!answer.ok || answer.redirected) return;
    const { seconds } = await answer.json();
    box.hidden = true;
    look(Date.now() / 1000 + seconds);
  });
}
