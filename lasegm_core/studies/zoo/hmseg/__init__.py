"""HMSeg's paper (004): its tables, figures and claims, printed beside ours."""
