"""The words of the shell, side by side. A service's pages bring a table of their own like this."""

from collections.abc import Mapping

from shared.promise.standard import Text

Words = Mapping[str, Text]

SHELL: Words = {
    "skip": Text(id="Langsung ke isi", en="Skip to the content"),
    "warning": Text(id="Perhatian:", en="Attention:"),
    "language": Text(id="Bahasa", en="Language"),
    "other_language": Text(id="English", en="Bahasa Indonesia"),
    "mend": Text(id="Yang dapat dilakukan", en="What to do"),
    "decree": Text(id="Standar pelayanan: SK {decree}", en="Service standard: decree {decree}"),
}
