"""The effect of a faster engine: on k, LAmIoU and the time from camera to class ids."""
