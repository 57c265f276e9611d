"""What the numbers in image and label files mean: depth, range, orientation, palette, ids.

`images` reads frames, `label_files` reads labels, `polygons` draws those of labelme, and `census`
counts the classes of a split's labels and says what in them cannot be meant.
"""
