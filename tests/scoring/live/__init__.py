"""Tests of a running video."""
