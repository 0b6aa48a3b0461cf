// The behaviour of govuk-frontend that comity's pages use; everything works without it. Built by scripts/vendor.py.
import { Button, createAll, ErrorSummary, SkipLink } from "govuk-frontend";

document.body.classList.add("js-enabled");
// What upstream does in a script inside the page, which our policy would not let run.
if ("noModule" in HTMLScriptElement.prototype) document.body.classList.add("govuk-frontend-supported");
for (const part of [Button, ErrorSummary, SkipLink]) createAll(part);
