"""The user's own networks, as people have them.

`files`, `onnx_file` and `libraries` (`torchvision:`, `smp:`, `hf:`) load one. `inputs` and
`outputs` find by trial what it takes and gives, `network` has what comes of it. `training_mode`
sees whether it computes as in training.
"""
