"""The explorer as one HTML file, which needs no kernel, no server and no install.

`static/metric.js` computes LAmIoU, streaming mIoU and intervals in the browser, as
`lasegm_core.metric` does; `packed` lays committed results into the page, and `page` writes it.
"""
