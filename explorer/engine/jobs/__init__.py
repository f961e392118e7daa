"""The torch side of the short jobs: verifying a network, ONNX, weights, equivalent forms.

Each module answers one request of `jobs`; training and experiments have folders of their own.
"""
