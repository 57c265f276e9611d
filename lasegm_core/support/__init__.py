"""What the rest stands on: errors, whole-or-absent files, processes, progress, digests.

`errors` has `BadInput`, the fault of a user, which ends a command in one line; `files` writes files
that are whole or absent, with a seal; `run_once` and `processes` keep two from doing one thing;
`machine` says where a number was measured; `digests` say what decided it; `script` is how the
scripts of data_scripts end.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "errors": ["BadInput", "known"],
        "files": ["atomic", "intact", "is_whole", "locked", "sha256"],
        "digests": ["digest"],
        "machine": ["machine"],
    },
)
