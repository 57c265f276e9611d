"""Published networks on real video: which is best when its prediction comes, at which size."""
