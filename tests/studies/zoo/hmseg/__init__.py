"""Tests of the tables, figures and claims of HMSeg's paper."""
