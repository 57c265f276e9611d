"""The networks of papers 002 to 004 beside what is printed of them: size, speed, LAmIoU."""
