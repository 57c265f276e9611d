"""What a faster engine changes: k, LAmIoU, the time from camera to class ids."""
