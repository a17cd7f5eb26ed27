"""The section titles that people write, and what stands below them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from glossator.model import FieldKind

_PARAMETERS = (
    "Args|Arg|Arguments|Argument|Parameters|Parameter|Params|Param|Keyword Args|Keyword Arguments|Keyword Parameters|"
    "Keywords|Kwargs|Other Parameters|Other Args|Other Arguments"
)
_PROSE = (
    "Attention|Caution|Caveats|Danger|Deprecated|Description|Error|Errors|Example|Examples|Hint|Important|Methods|Note|"
    "Notes|Receives|Receive|References|See Also|Side Effects|Tip|Todo|Todos|Usage|Warning|Warnings|Warns|Warn"
)

# Title case -> the kind of entries below it, None where the body is kept as text.
TITLES: Mapping[str, FieldKind | None] = MappingProxyType(
    {
        **dict.fromkeys(_PARAMETERS.split("|"), FieldKind.PARAMETER),
        **dict.fromkeys(("Returns", "Return", "Return Value", "Return Values"), FieldKind.RETURNS),
        **dict.fromkeys(("Yields", "Yield"), FieldKind.YIELDS),
        **dict.fromkeys(("Raises", "Raise", "Except", "Excepts", "Exceptions"), FieldKind.RAISE),
        **dict.fromkeys(("Attributes", "Attribute", "Attrs", "Ivar", "Cvar"), FieldKind.ATTRIBUTE),
        **dict.fromkeys(_PROSE.split("|"), None),
    }
)
