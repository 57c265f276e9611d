"""ToyStreet: a street of boxes, a camera that drives through it, and a painter.

`shapes` makes faces, `scene` collects them, the catalogue (`vehicles`, `people`, `roadside`) builds
things from them, `street` and `traffic` place the things, `world` puts a clip together and chooses
its drive, `camera` says where the camera is and projects, `paint` turns a scene and a pose into an
image and a label.
"""

# Part of the manifest: raise it whenever a rendered byte may change.
VERSION = 3
