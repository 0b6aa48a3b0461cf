// The behaviour of govuk-frontend that comity's pages use; everything works without it. Built by scripts/vendor.py.
import { Button, createAll, ErrorSummary, isSupported, Radios, SkipLink } from "govuk-frontend";

document.body.classList.add("js-enabled");
if (isSupported()) document.body.classList.add("govuk-frontend-supported");
for (const part of [Button, ErrorSummary, Radios, SkipLink]) createAll(part);
