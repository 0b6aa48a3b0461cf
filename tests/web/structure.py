"""What every page has: its structure, its labels, its size on the wire."""

from collections import Counter

from tests.web.browsing import Browser, Element, Page, values_of

FIRST_VISIT = 50 * 1024
NEXT_VISIT = 5 * 1024
"""Bytes on the wire, of any page: with all it loads, and again when what it loads is there already."""


def faults(page: Page) -> list[str]:
    """What a page lacks of what every page has."""
    root, found = page.root, []
    html = root.all("html")[0]
    if not html.attributes.get("lang") or html.attributes.get("dir") not in {"ltr", "rtl"}:
        found.append("no language or direction")
    if not root.all("title")[0].text:
        found.append("no title")
    if len(root.all("h1")) != 1 or not root.all("h1")[0].text:
        found.append(f"{len(root.all('h1'))} h1")
    ids = Counter(one.attributes["id"] for one in root.all() if "id" in one.attributes)
    found += [f"id {name} {count} times" for name, count in ids.items() if count > 1]
    found += [f"inline {one.tag}" for one in root.all("style")]
    found += ["inline script" for one in root.all("script") if "src" not in one.attributes]
    for one in root.all():
        found += [f"attribute {name}" for name in one.attributes if name == "style" or name.startswith("on")]
    found += [f"no label: {one.attributes.get('name')}" for one in controls(root) if not is_labelled(root, one)]
    for form in root.all("form"):
        is_public = form.attributes.get("action") == "/public/check"
        if form.attributes.get("method") == "post" and not is_public and "form-token" not in values_of(form):
            found.append("a form without its token")
    if "EXERCISE" not in root.text:
        found.append("no EXERCISE")
    return found


def summary_of(page: Page) -> Element:
    return next(one for one in page.root.all("div") if "govuk-error-summary" in one.attributes.get("class", ""))


def controls(root: Element) -> list[Element]:
    found = [one for tag in ("input", "select", "textarea") for one in root.all(tag)]
    return [one for one in found if one.attributes.get("type") != "hidden"]


def is_labelled(root: Element, control: Element) -> bool:
    labels = root.all("label", **{"for": control.attributes.get("id", "none")})
    return len(labels) == 1 and bool(labels[0].text)


def loads(page: Page) -> set[str]:
    """The files that a page asks a browser to load."""
    found = {one.attributes["href"] for one in page.root.all("link") if one.attributes.get("rel") != "alternate"}
    return found | {one.attributes["src"] for one in page.root.all("script")}


def size_of(browser: Browser, address: str) -> int:
    file = browser.get(address)
    assert file.status == 200 and "immutable" in file.headers["cache-control"]
    return file.wire_bytes
