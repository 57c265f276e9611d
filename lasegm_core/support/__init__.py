"""The ground floor: errors, whole-or-absent files, processes, progress, digests.

`errors` has `BadInput`, a user's mistake, which ends a command in one line. `files` writes files
that are whole or absent, each with its digest. `run_once` makes a file only once; `processes` runs
calls in parallel. `machine` says where a number was measured, `digests` say what decided it.
`script` gives scripts and commands their exit codes, and lets no Ctrl-C be lost.
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
