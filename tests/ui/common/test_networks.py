"""The names of networks in addresses and on the pages."""

from explorer.model import ModelSpec, preset
from explorer.model.link import to_link
from explorer.ui.common.networks import network_label, network_name


def test_networks_are_called_by_name_or_by_what_differs() -> None:
    own = to_link(ModelSpec(stem="cifar", attention="se", antialias="blur", norm="group"))
    assert network_label("cifar_plain56") == "CIFAR plain-56"
    assert "stem" in network_label(own) or "with" in network_label(own)
    assert network_name(preset("cifar_plain56")) == "cifar_plain56"
