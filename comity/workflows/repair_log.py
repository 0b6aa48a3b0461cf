"""Make the published files again where they are missing or torn: they follow from the entries alone.

Run when a node starts, before anything of the log is served. Tiles are not flushed one by one, so a power cut may leave
some of them empty or cut short; the checkpoint is flushed, and comes after them.
"""

from comity.base.errors import Malformed
from comity.workflows.office import Office
from comity.workflows.sequence_log import CHECKPOINT, files_between, published, tree_of


def repair(office: Office) -> int:
    """Write every file that the published checkpoint calls for and that is not as it should be; how many those were.

    Where the database does not continue the checkpoint nothing is touched: publishing then refuses, and says why.
    """
    with office.lock.hold("publish"):
        try:
            standing = published(office)
        except Malformed:  # torn: the next one is written by publishing, which knows what was signed
            office.log_folder.remove(CHECKPOINT)
            return 1
        if standing is None or not _continues(office, standing.size, standing.root.value):
            return 0
        mended = 0
        for path, data in files_between(office, 0, standing.size):
            if office.log_folder.read(path) != data:
                office.log_folder.write(path, data)
                mended += 1
        return mended


def _continues(office: Office, size: int, root: bytes) -> bool:
    with office.store.transaction() as tx:
        own = tx.log.size()
    return size <= own and tree_of(office).root(size).value == root
