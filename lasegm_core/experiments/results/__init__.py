"""Committed sets of results: their record, the parameters they were measured with, publishing."""
