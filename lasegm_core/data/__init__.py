"""Frames and labels: class tables, palettes, indexes of layouts, clips, augmentation, ToyStreet.

A new data set is a file in `index/` that reads the frames table, a class table in `labels` and a
row in `index.DATASETS`. `sources` finds a data set's folder or renders `toystreet`. `settings`
holds the renderings and augmentations as values. `clips` pairs input frames with labels.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "labels": ["TABLES", "Classes"],
        "clips": ["ClipDataset", "make_clips", "read_image", "read_label"],
        "sources": ["Place", "class_table", "split_frames"],
        "settings": ["Augmentation", "Rendering"],
    },
)
