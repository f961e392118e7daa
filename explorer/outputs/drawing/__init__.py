"""Pictures: Graphviz sources at three levels, and the overview to scale of the feature maps."""
