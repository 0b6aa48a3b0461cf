"""Many nodes in one process that only receive, for as long as standard input is open.

    python -m bench.delivery_host FOLDER ...

Each has its own keys, database and address, and opens what comes before it answers; so none needs a worker, of which
a hundred would keep the machine busy with nothing.
"""

import sys
from contextlib import ExitStack
from pathlib import Path

from bench.delivery_node import PASSPHRASE
from comity.node import server
from comity.node.app import make_app
from comity.wiring import open_node


def main(folders: list[Path]) -> None:
    with ExitStack() as stack:
        for folder in folders:
            node = open_node(folder / "comity.toml", PASSPHRASE)
            stack.callback(node.close)
            listening = stack.enter_context(server.listen(node.config.server.host, node.config.server.port))
            stack.enter_context(
                server.served_beside(make_app(node.office, node.config.node.url, lambda: None), listening)
            )
        print("{}", flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]])
