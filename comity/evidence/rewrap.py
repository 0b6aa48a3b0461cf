"""Let more readers into a package without touching what was sealed: the headers are written anew, the payload stays.

Source: c2sp.org/age: the payload is encrypted under the file key, the header wraps that key. Whoever can read the
package can do it, and the result is a new package with a signature of its own. It keeps, under `comity/prior/`, the
first package's envelope, digests, signature and headers, so that anyone can check without a key that with the old
header in its place each pack has the digest that was signed then. The manifest inside stays as it was sealed.

A reader who is left out next time knows the old key still: to take a reader out, seal anew.
"""

import hashlib

from comity.base.errors import Malformed
from comity.crypto import age
from comity.crypto.age_header import read_header
from comity.crypto.age_keys import Identity
from comity.evidence import bag
from comity.evidence.opening import read_record
from comity.evidence.outside import read_tag, verify_tags
from comity.evidence.parts import PackSink
from comity.evidence.sealing import Sealed, Sealing, envelope_of, write_tags
from comity.evidence.streams import CHUNK_BYTES, PackageSink, PackageSource, Progress, Tally


def rewrap(
    package: PackageSource,
    sink: PackageSink,
    identity: str | Identity,
    sealing: Sealing,
    *,
    signer_key: bytes,
    sealer_key: bytes | None = None,
    progress: Progress | None = None,
) -> Sealed:
    """Write to `sink` the package `package` as `sealing.recipients` can read it; committed on return.

    sealing: who signs the new one, for whom, and all its recipients; of what it says of the evidence only package id,
    mode and nodes count. signer_key, sealer_key: as for `open_sealed`.
    Raises as `open_sealed` does; BrokenSeal if the payload is not the one that was signed.
    """
    try:
        outer = verify_tags(package, signer_key, sealer_key=sealer_key)
        record = read_record(package, outer, identity, sealer_key or signer_key)
        if sealing.suite != outer.envelope.suite:
            raise Malformed("recipients of another kind than the package's", hint="seal it anew for them")
        tally = Tally(progress, sum(size for size, _ in outer.packs.values()))
        first = outer.prior
        headers: list[bytes] = []
        packs: list[PackSink] = []
        for n, (name, (_, digest)) in enumerate(outer.packs.items()):
            with package.open(name) as stream, sink.create(name) as out:
                old = read_header(stream, name).data
                stream.seek(0)
                hashed = PackSink(out, bag.PIECES[sealing.suite])
                hashed.write(age.rewrapped(stream, identity, sealing.recipients, sealing.chance, where=name))
                state = hashlib.sha256(old)
                while chunk := stream.read(CHUNK_BYTES):
                    hashed.write(chunk)
                    state.update(chunk)
                    tally.add(len(chunk))
                bag.check_unchanged(name, state.digest(), digest)
            headers.append(first.headers[n] if first else old)
            packs.append(hashed)
        origin = read_tag(package, bag.PRIOR_TAGMANIFEST if first else bag.TAGMANIFEST)
        envelope = envelope_of(sealing, [pack.size for pack in packs], str(bag.package_digest(origin)))
        more = {
            bag.PRIOR_ENVELOPE: read_tag(package, bag.PRIOR_ENVELOPE if first else bag.ENVELOPE),
            bag.PRIOR_HEADERS: b"".join(headers),
            bag.PRIOR_MANIFEST: read_tag(package, bag.PRIOR_MANIFEST if first else bag.MANIFEST),
            bag.PRIOR_TAGMANIFEST: origin,
            bag.PRIOR_SIGNATURE: read_tag(package, bag.PRIOR_SIGNATURE if first else bag.SIGNATURE),
        }
        made = write_tags(sink, envelope, packs, sealing.sign, sealing.stamper, more)
        sink.commit()
    except BaseException:
        sink.discard()
        raise
    return Sealed(made, record.manifest, envelope)
