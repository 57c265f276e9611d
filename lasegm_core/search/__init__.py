"""Architecture search for a device and a camera: the space of MRMS and HMSeg (paper 004)."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "find": ["Wish", "search"],
    },
)
