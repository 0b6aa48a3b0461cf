"""Rebuild the front-end files that are kept in the repository: `python scripts/vendor.py`. For maintainers; needs npm.

The packages, at exactly the versions below, are fetched by npm into a temporary folder; the styles are built by sass
and mirrored by rtlcss, the scripts bundled by esbuild, the rest copied; vendor.lock then names every file with its
package, version and SHA-256. Who uses comity needs none of this. `--from DIR` takes a node_modules that is already
there; `--check` writes nothing and fails where a file is not the one that the lock names.
"""

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "comity" / "web" / "assets"
STATIC = ROOT / "comity" / "web" / "static" / "vendor"
TESTS = ROOT / "tests" / "web" / "vendor"
LOCK = ROOT / "vendor.lock"
PACKAGES = {
    "axe-core": "4.14.1",
    "esbuild": "0.28.2",
    "govuk-frontend": "6.3.0",
    "htmx.org": "4.0.1",
    "rtlcss": "4.3.0",
    "sass": "1.108.2",
    "tus-js-client": "4.3.1",
}
MADE = {
    STATIC / "frontend.css": "govuk-frontend",
    STATIC / "frontend.rtl.css": "govuk-frontend",
    STATIC / "frontend.js": "govuk-frontend",
    STATIC / "govuk-frontend.LICENSE.txt": "govuk-frontend",
    STATIC / "htmx.min.js": "htmx.org",
    STATIC / "hx-csp.min.js": "htmx.org",
    STATIC / "htmx.LICENSE.txt": "htmx.org",
    STATIC / "upload.js": "tus-js-client",
    STATIC / "tus-js-client.LICENSE.txt": "tus-js-client",
    TESTS / "axe.min.js": "axe-core",
    TESTS / "axe-core.LICENSE.txt": "axe-core",
}
"""Every file that is kept, and the package it comes from. axe-core is used by tests only and is not installed."""

# The npm package of govuk-frontend says "MIT" and holds no text of it; this is the licence of its repository.
MIT = """The MIT License (MIT)

Copyright (C) 2025 Crown Copyright (Government Digital Service)

Permission is hereby granted, free of charge, to any person obtaining a copy of
this software and associated documentation files (the "Software"), to deal in
the Software without restriction, including without limitation the rights to
use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies
of the Software, and to permit persons to whom the Software is furnished to do
so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS
FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER
IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN
CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
"""


def main() -> None:
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--from", dest="modules", type=Path, help="a node_modules folder to take the packages from")
    options.add_argument("--check", action="store_true", help="only compare the kept files with vendor.lock")
    chosen = options.parse_args()
    if chosen.check:
        wrong = differing()
        for line in wrong:
            print(line)
        raise SystemExit(1 if wrong else 0)
    if chosen.modules is not None:
        build(chosen.modules.resolve())
        return
    with tempfile.TemporaryDirectory(prefix="comity-vendor-") as folder:
        wanted = [f"{name}@{version}" for name, version in PACKAGES.items()]
        run(["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", *wanted], Path(folder))
        build(Path(folder) / "node_modules")


def build(modules: Path) -> None:
    """Make every kept file from the packages in `modules`, and the lock."""
    for name, version in PACKAGES.items():
        found = json.loads((modules / name / "package.json").read_text(encoding="utf-8"))["version"]
        if found != version:
            sys.exit(f"{name} is {found} in {modules}, and {version} is wanted")
    for folder in (STATIC, TESTS):
        folder.mkdir(parents=True, exist_ok=True)
    frontend, htmx = modules / "govuk-frontend" / "dist", modules / "htmx.org"
    css = STATIC / "frontend.css"
    sass = ["--no-source-map", "--style=compressed", "--quiet-deps", f"--load-path={frontend}"]
    run(["node", str(modules / "sass" / "sass.js"), *sass, str(SOURCES / "frontend.scss"), str(css)], modules)
    css.write_text(css.read_text(encoding="utf-8").removeprefix("\ufeff"), encoding="utf-8")
    run(["node", str(modules / "rtlcss" / "bin" / "rtlcss.js"), str(css), str(STATIC / "frontend.rtl.css")], modules)
    for name in ("frontend", "upload"):
        bundle(name, modules)
    (STATIC / "govuk-frontend.LICENSE.txt").write_text(MIT, encoding="utf-8")
    for source, target in {
        htmx / "dist" / "htmx.min.js": STATIC / "htmx.min.js",
        htmx / "dist" / "ext" / "hx-csp.min.js": STATIC / "hx-csp.min.js",
        htmx / "LICENSE": STATIC / "htmx.LICENSE.txt",
        modules / "tus-js-client" / "LICENSE": STATIC / "tus-js-client.LICENSE.txt",
        modules / "axe-core" / "axe.min.js": TESTS / "axe.min.js",
        modules / "axe-core" / "LICENSE": TESTS / "axe-core.LICENSE.txt",
    }.items():
        text = source.read_text(encoding="utf-8")
        kept = [line for line in text.splitlines() if not line.startswith("//# sourceMappingURL=")]
        target.write_text("\n".join(kept) + "\n", encoding="utf-8")
    LOCK.write_text("".join(line + "\n" for line in locked()), encoding="utf-8")


def bundle(name: str, modules: Path) -> None:
    """One script of our own with what it imports, as one file."""
    with tempfile.TemporaryDirectory(prefix="comity-bundle-") as beside:
        entry = Path(beside) / f"{name}.mjs"
        shutil.copyfile(SOURCES / entry.name, entry)
        (Path(beside) / "node_modules").symlink_to(modules)
        options = ["--bundle", "--minify", "--format=iife", "--target=es2020", "--legal-comments=none"]
        out = f"--outfile={STATIC / name}.js"
        run([str(modules / ".bin" / "esbuild"), str(entry), *options, "--platform=browser", out], modules)


def run(command: list[str], folder: Path) -> None:
    subprocess.run(command, cwd=folder, check=True)


def locked() -> list[str]:
    """The lines of vendor.lock for the files as they are now."""
    lines = ["# Front-end files kept in this repository: SHA-256, package, version, file. Made by scripts/vendor.py."]
    for path, package in sorted(MADE.items()):
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        lines.append(f"{digest}  {package}  {PACKAGES[package]}  {path.relative_to(ROOT).as_posix()}")
    return lines


def differing() -> list[str]:
    """What is missing or is not as vendor.lock says."""
    found = []
    for line in LOCK.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        digest, _package, _version, name = line.split("  ")
        path = ROOT / name
        if not path.is_file():
            found.append(f"missing: {name}")
        elif hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            found.append(f"changed: {name}")
    return found


if __name__ == "__main__":
    main()
