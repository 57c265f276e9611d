"""The blur of a predicted future, measured along the motion and across it."""
