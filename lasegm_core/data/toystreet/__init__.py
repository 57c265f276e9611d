"""ToyStreet: a street of boxes, a camera that drives through it, and a painter.

`course` bends a street, `shapes` makes faces, `scene` collects them, the catalogue (`vehicles`,
`people`, `roadside`) builds things from them, `street`, `junctions` and `traffic` place the things.
`driving` chooses how a clip drives, by the statistics of city driving; `world` puts it together.
`camera` says where the camera is and projects, `paint` turns a scene and a pose into an image and a
label.
"""

# Part of the manifest: raise it whenever a rendered byte may change.
VERSION = 4
