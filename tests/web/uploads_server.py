"""A provider's pages in a process of their own, to be killed: `python -m tests.web.uploads_server PORT FOLDER`."""

import sys
from pathlib import Path

import uvicorn

from comity.web.app import make_pages
from tests.simulators import story

if __name__ == "__main__":
    port, folder = int(sys.argv[1]), Path(sys.argv[2])
    office = story.at("production ordered").provider.office
    app = make_pages(office, f"http://127.0.0.1:{port}", folder)
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="error", lifespan="off")
