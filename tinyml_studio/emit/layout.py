"""The parts of an export as one header in stb form, or as a header and a source file."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Parts:
    """What stands in the files, whichever their number.

    Parameters
    ----------
    prefix
        Begins every name.
    front
        Comments at the head.
    head
        What stands outside ``extern "C"`` before the definitions.
    declarations, definitions
        For every source file, and for exactly one.
    """

    prefix: str
    front: str
    head: str
    declarations: str
    definitions: str


def one_file(parts: Parts) -> str:
    """Declarations for every file, head and definitions for the one that asks for them."""
    name = parts.prefix.upper()
    return (
        f"{parts.front}{_declared(parts, '')}\n"
        f"#ifdef {name}_IMPLEMENTATION\n"
        f"#ifndef {name}_IMPLEMENTED\n"
        f"#define {name}_IMPLEMENTED\n\n"
        f"{_defined(parts)}\n"
        f"#endif /* {name}_IMPLEMENTED */\n"
        f"#endif /* {name}_IMPLEMENTATION */\n"
    )


def two_files(parts: Parts, stem: str) -> tuple[str, str]:
    """The header ``<stem>.h`` and the source file ``<stem>.c``.

    Both state a hash of all that is in them, and the source file refuses to be compiled with
    the header of another export.
    """
    name = parts.prefix.upper()
    content = "\0".join((parts.front, parts.head, parts.declarations, parts.definitions))
    digest = f"0x{hashlib.sha256(content.encode()).hexdigest()[:8]}u"
    stated = (
        f"/* the same number in {stem}.c: both are of one export */\n"
        f"#define {name}_VERSION_HASH {digest}\n\n"
    )
    source = (
        f"/* {stem}.c - the definitions of {stem}.h, where everything about them stands */\n\n"
        f'#include "{stem}.h"\n\n'
        f"#if !defined({name}_VERSION_HASH) || ({name}_VERSION_HASH != {digest})\n"
        f'#error "{stem}.c and {stem}.h are of two exports: write both again"\n'
        f"#endif\n\n"
        f"{_defined(parts)}"
    )
    return parts.front + _declared(parts, stated), source


def _declared(parts: Parts, stated: str) -> str:
    name = parts.prefix.upper()
    return f"""#ifndef {name}_H_INCLUDED
#define {name}_H_INCLUDED

#include <stdint.h>
#include <string.h>

{stated}#ifdef __cplusplus
extern "C" {{
#endif

{parts.declarations}
#ifdef __cplusplus
}}
#endif

#endif /* {name}_H_INCLUDED */
"""


def _defined(parts: Parts) -> str:
    return f"""{parts.head}#ifdef __cplusplus
extern "C" {{
#endif

{parts.definitions}
#ifdef __cplusplus
}}
#endif
"""
