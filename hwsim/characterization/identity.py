"""What a datasheet depends on, as hashes: template, technology, code that measures, ngspice."""

from __future__ import annotations

import io
import json
import re
import tokenize
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from hwsim.characterization.bench import Bench
from hwsim.circuits.technology import Technology
from hwsim.circuits.template import Template
from hwsim.foundation.errors import InputError
from hwsim.foundation.files import content_hash
from hwsim.spice import find_program, program_version

_TEMPLATE_FIELDS = {
    "kind",
    "subcircuits",
    "parameters",
    "unit_transistor",
    "state_node",
    "reset_level",
    "initial_conditions",
    "mismatch",
    "testbench",
}
_TECHNOLOGY_FIELDS = {"library", "corners", "bias", "mismatch"}
_BESIDE = ("__init__.py", "cache.py", "complaint.py", "store.py", "laboratory.py")
_SHARED = ("bench.py", "experiment.py", "sizes.py")
_OF_KINDS: Mapping[str, tuple[str, ...]] = {
    "mirror.py": ("mirror",),
    "line_units.py": ("splitter", "relu"),
    "comparator.py": ("fq_bmru",),
    "comparator_transient.py": ("fq_bmru",),
    "ladder.py": ("cmru", "bmru"),
    "ladder_transient.py": ("cmru", "bmru"),
}
"""Files of experiments and the kinds that they are for; `_SHARED` are those for every kind."""

_END_COMMENT = re.compile(r";|(?:^|(?<=\s))\$(?=\s)")


@dataclass(frozen=True, slots=True)
class Identity:
    """Hashes of everything that a datasheet follows from.

    Attributes:
        template: text and description of the template and of those around it; neither the
            specification nor comments count.
        technology: cards and mismatch constants.
        models: of a foundry; empty where they are not installed or there are none.
        testbench: the code of this room but for the experiments of other kinds, without comments
            and docstrings.
        ngspice: version of the program, empty without one.
        setting: of a single deck: what it follows from beside its own text, that is cards,
            models, the code of its experiments, ngspice.
    """

    template: str
    technology: str
    models: str
    testbench: str
    ngspice: str
    setting: str

    @property
    def content(self) -> str:
        """The hash of all."""
        parts = (self.template, self.technology, self.models, self.testbench, self.ngspice)
        return content_hash(*(part.encode() for part in parts))


def identify(bench: Bench) -> Identity:
    """The identity of what a bench would measure.

    Raises:
        InputError: a template or cards that cannot be read.
    """
    technology, kind = bench.technology, bench.template.kind
    cards = _cards(technology)
    described = technology.model_dump_json(include=_TECHNOLOGY_FIELDS)
    models, ngspice = _models(technology), _ngspice(find_program())
    beside_text = (cards.decode(), models, _code(_experiment_files(kind)), ngspice)
    return Identity(
        template=content_hash(*_template_parts(bench)),
        technology=content_hash(cards, described.encode()),
        models=models,
        testbench=_code(_room_files(kind)),
        ngspice=ngspice,
        setting=content_hash(*(part.encode() for part in beside_text)),
    )


def _cards(technology: Technology) -> bytes:
    """Hash of the device cards; their comments do not count."""
    path = technology.folder / technology.cards
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise InputError(f"cannot read: {error.strerror}", where=str(path)) from None
    return content_hash(bare_netlist(text).encode()).encode()


def _template_parts(bench: Bench) -> Iterator[bytes]:
    yield json.dumps(dict(bench.settings), sort_keys=True).encode()
    for kind, template in sorted(bench.templates.items()):
        yield kind.encode()
        yield from _description(template)
        yield bare_netlist(bench.rendered(template)).encode()


def _description(template: Template) -> Iterator[bytes]:
    yield template.model_dump_json(include=_TEMPLATE_FIELDS).encode()


def bare_netlist(text: str) -> str:
    """A netlist without comments, with one blank between words."""
    told = (line for line in text.splitlines() if not line.startswith("*"))
    lines = (_END_COMMENT.split(line, maxsplit=1)[0].split() for line in told)
    return "\n".join(" ".join(words) for words in lines if words)


def reached_netlist(text: str) -> str:
    """A bare netlist without the subcircuits that its top level does not reach.

    An edit of a template so leaves the decks alone that do not place the edited circuit.
    """
    blocks: dict[str, list[str]] = {}
    top: list[str] = []
    current = top
    for line in re.sub(r"\n\+", " ", bare_netlist(text)).splitlines():
        words = line.split()
        if words[0].lower() == ".subckt" and len(words) > 1:
            current = blocks.setdefault(words[1].lower(), [])
        current.append(line)
        if words[0].lower() == ".ends":
            current = top
    reached: dict[str, None] = {}
    waiting = [top]
    while waiting:
        for line in waiting.pop():
            for word in line.lower().split() if line[0] in "xX" else ():
                if word in blocks and word not in reached:
                    reached[word] = None
                    waiting.append(blocks[word])
    return "\n".join([*top, *(line for name in sorted(reached) for line in blocks[name])])


def _models(technology: Technology) -> str:
    if technology.pdk is None:
        return ""
    try:
        files = technology.pdk.locate(technology.pdk_root)
    except InputError:
        return ""
    return _hash_of(files)


def _hash_of(files: Mapping[str, Path]) -> str:
    return content_hash(*(_file_hash(path, path.stat().st_mtime_ns) for path in files.values()))


@lru_cache(maxsize=16)
def _file_hash(path: Path, _changed: int) -> bytes:
    return content_hash(path.read_bytes()).encode()


@lru_cache(maxsize=4)
def _ngspice(program: str | None) -> str:
    """Version of the program that stands on the PATH."""
    return (program_version() or "") if program else ""


def _experiment_files(kind: str) -> tuple[str, ...]:
    """Files that write the decks of a kind and read their results."""
    return (*_SHARED, *(name for name, kinds in _OF_KINDS.items() if kind in kinds))


def _room_files(kind: str) -> tuple[str, ...]:
    """Files that a datasheet of a kind follows from."""
    names = sorted(path.name for path in Path(__file__).parent.glob("*.py"))
    return tuple(
        name for name in names if name not in _BESIDE and kind in _OF_KINDS.get(name, (kind,))
    )


@lru_cache(maxsize=32)
def _code(names: tuple[str, ...]) -> str:
    """Hash of files of this room, without their words."""
    texts = (Path(__file__).with_name(name).read_text(encoding="utf-8") for name in names)
    return content_hash(*(bare_code(text).encode() for text in texts))


def bare_code(source: str) -> str:
    """Python without comments, docstrings and layout: what is left when only words change.

    Blanks and braces go too, because Python 3.12 splits f-strings into other tokens than 3.11.
    """
    kept: list[str] = []
    fresh = True
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type in (tokenize.COMMENT, tokenize.NL, tokenize.ENDMARKER):
            continue
        if token.type in (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT):
            fresh = True
            continue
        if not (fresh and token.type == tokenize.STRING):
            kept.append(token.string)
        fresh = False
    return re.sub(r"[\s{}]", "", "".join(kept))
