"""Kills, full disks and damaged files, caused on purpose; every case is counted."""
