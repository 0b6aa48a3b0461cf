"""Custody in the words of others: CASE 1.5 on UCO 1.5 (Cyber Domain Ontology), as JSON-LD with its context inline.

One InvestigativeAction for each act, chained by `wasInformedBy`; one ProvenanceRecord for each state of the exhibit; a
File for each file, with its digest and the limit on its use. Names of nodes end in a UUID that follows from the package
and what is named, so the same custody is the same document. Nothing is fetched: a reader needs no network.
"""

from collections.abc import Sequence
from typing import Any, Final
from uuid import NAMESPACE_URL, UUID, uuid5

from comity.base.instants import Instant
from comity.evidence.custody import Custody
from comity.evidence.custody_act import CustodyAct
from comity.evidence.manifest import Item

CONTEXT: Final = {
    "kb": "urn:example:comity:",
    "case-investigation": "https://ontology.caseontology.org/case/investigation/",
    "uco-action": "https://ontology.unifiedcyberontology.org/uco/action/",
    "uco-core": "https://ontology.unifiedcyberontology.org/uco/core/",
    "uco-identity": "https://ontology.unifiedcyberontology.org/uco/identity/",
    "uco-marking": "https://ontology.unifiedcyberontology.org/uco/marking/",
    "uco-observable": "https://ontology.unifiedcyberontology.org/uco/observable/",
    "uco-tool": "https://ontology.unifiedcyberontology.org/uco/tool/",
    "uco-types": "https://ontology.unifiedcyberontology.org/uco/types/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
USE: Final = (
    "Use is limited to what the request names, unless the State that transmitted it consents to another: see article "
    "40, paragraph 19, of the Convention and the conditions of the case."
)
DONE: Final = {
    "begin": "sealed",
    "release": "transferred",
    "accept": "received and verified",
    "examine": "opened",
    "return": "returned",
    "reissue": "copied",
    "destroy": "destroyed",
}
_Node = dict[str, Any]


def to_case(custody: Custody, items: Sequence[Item], version: str) -> _Node:
    """The document for a chain that was verified. items: the package's, or none where it was not opened: then the
    package itself is the one file. version: of comity."""
    return _Graph(custody).build(items, version)


class _Graph:
    def __init__(self, custody: Custody) -> None:
        self._custody = custody
        self._package = str(custody.package_digest)
        self._nodes: list[_Node] = []

    def build(self, items: Sequence[Item], version: str) -> _Node:
        acts = self._custody.acts
        tool = self._add("tool", "comity", "uco-tool:Tool", {"uco-core:name": "comity", "uco-tool:version": version})
        parties = sorted({act.by for act in acts} | {act.to for act in acts if act.to})
        bodies = {
            one: self._add("organization", one, "uco-identity:Organization", {"uco-core:name": one}) for one in parties
        }
        marking = self._marking()
        found = [(item.path, item.size, item.sha256) for item in items if item.kind == "file"]
        files = [self._file(path, size, digest, marking) for path, size, digest in found or [("", 0, self._package)]]
        records: list[_Node] = []
        steps: list[_Node] = []
        for number, act in enumerate(acts, 1):
            if act.act in ("begin", "accept"):
                records.append(self._record(number, act, files))
            steps.append(self._action(number, act, tool, bodies, files, records, steps))
        self._add(
            "investigation",
            "",
            "case-investigation:Investigation",
            {
                "uco-core:name": f"Case {acts[0].case}",
                "case-investigation:investigationForm": "case",
                "uco-core:object": [*bodies.values(), *steps, *records, *files],
            },
        )
        return {"@context": CONTEXT, "@graph": self._nodes}

    def _add(self, kind: str, key: str, type_: str, fields: _Node) -> _Node:
        """Put a node in the graph; a reference to it."""
        node = {"@id": self._name(kind, key), "@type": type_, **fields}
        self._nodes.append(node)
        return {"@id": node["@id"]}

    def _name(self, kind: str, key: str) -> str:
        space: UUID = uuid5(NAMESPACE_URL, f"urn:sha256:{self._package}")
        return f"kb:{kind}-{uuid5(space, f'{kind} {key}')}"

    def _marking(self) -> _Node:
        terms = {
            "@id": self._name("terms-of-use-marking", ""),
            "@type": "uco-marking:TermsOfUseMarking",
            "uco-marking:definitionType": "terms-of-use",
            "uco-marking:termsOfUse": USE,
        }
        fields = {"uco-marking:definitionType": "terms-of-use", "uco-marking:definition": [terms]}
        return self._add("marking-definition", "", "uco-marking:MarkingDefinition", fields)

    def _file(self, path: str, size: int, digest: str, marking: _Node) -> _Node:
        key = path or "package"
        facet: _Node = {
            "@id": self._name("file-facet", key),
            "@type": "uco-observable:FileFacet",
            "uco-observable:fileName": path.rpartition("/")[2] or "tagmanifest-sha256.txt",
            "uco-observable:filePath": f"data/{path}" if path else "tagmanifest-sha256.txt",
            "uco-observable:isDirectory": False,
        }
        if path:
            facet["uco-observable:sizeInBytes"] = size
        hashed = {
            "@id": self._name("hash", key),
            "@type": "uco-types:Hash",
            "uco-types:hashMethod": "SHA256",
            "uco-types:hashValue": {"@type": "xsd:hexBinary", "@value": digest.upper()},
        }
        content = {
            "@id": self._name("content-data-facet", key),
            "@type": "uco-observable:ContentDataFacet",
            "uco-observable:hash": [hashed],
        }
        fields = {"uco-core:objectMarking": [marking], "uco-core:hasFacet": [facet, content]}
        return self._add("file", key, "uco-observable:File", fields)

    def _record(self, number: int, act: CustodyAct, files: Sequence[_Node]) -> _Node:
        root = self._package[:16]
        fields = {
            "uco-core:description": f"Package {self._package}, {DONE[act.act]} by {act.by}",
            "case-investigation:exhibitNumber": f"{root}/{number}",
            "case-investigation:rootExhibitNumber": [f"{root}/1"],
            "uco-core:objectCreatedTime": _time(act),
            "uco-core:object": list(files),
        }
        return self._add("provenance-record", str(number), "case-investigation:ProvenanceRecord", fields)

    def _action(
        self,
        number: int,
        act: CustodyAct,
        tool: _Node,
        bodies: dict[str, _Node],
        files: Sequence[_Node],
        records: Sequence[_Node],
        before: Sequence[_Node],
    ) -> _Node:
        made = act.act in ("begin", "accept")
        fields: _Node = {
            "uco-core:name": DONE[act.act],
            "uco-core:description": [_said(act)],
            "uco-action:actionStatus": "Complete/Finish",
            "uco-action:performer": bodies[act.by],
            "uco-action:instrument": [tool],
            "uco-action:result": [*(files if number == 1 else []), records[-1]],
            "uco-action:startTime": _time(act),
            "uco-action:endTime": _time(act),
        }
        if before:
            # The first action makes the exhibit out of nothing that is described here, so it alone has no object.
            fields["uco-action:object"] = [records[-2] if made else records[-1], *files]
            fields["case-investigation:wasInformedBy"] = [before[-1]]
        if act.to:
            fields["uco-action:participant"] = [bodies[act.to]]
        return self._add("investigative-action", str(number), "case-investigation:InvestigativeAction", fields)


def _time(act: CustodyAct) -> _Node:
    return {"@type": "xsd:dateTime", "@value": str(Instant.from_seconds(act.at))}


def _said(act: CustodyAct) -> str:
    if act.is_withheld:
        return "who did it, and why, is known to its holder"
    return f"{act.actor}: {act.reason}" if act.reason else act.actor
