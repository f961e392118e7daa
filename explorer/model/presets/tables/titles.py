"""timm's names of networks as papers write them: `seresnext26d_32x4d` is SE-ResNeXt-26-D 32x4d."""

import re

from explorer.language import Text, sentence

PARTS = re.compile(
    r"(?P<legacy>legacy_)?(?P<attention>se|eca)?(?P<kind>resnet|resnext)(?P<variant>v2_|blur|aa)?"
    r"(?P<depth>\d+|light)(?P<letter>[cdst]?)(?:_(?P<groups>\d+x\d+d))?(?P<norm>_gn)?"
)
ATTENTION = {"se": "SE-", "eca": "ECA-", None: ""}
KINDS = {"resnet": "ResNet", "resnext": "ResNeXt"}
POOLS = {"blur": " BlurPool", "aa": " AvgPool"}
"""Anti-aliasing: Zhang 2019's blur, or an average pool."""


def title_of(name: str) -> Text:
    """The title of one of timm's names. Raises ValueError for a name that is made otherwise."""
    found = PARTS.fullmatch(name)
    if found is None:
        raise ValueError(f"{name} is not made of known parts")
    kind = KINDS[found["kind"]] + ("V2" if found["variant"] == "v2_" else "")
    letter = f"-{found['letter'].upper()}" if found["letter"] else ""
    title = f"{ATTENTION[found['attention']]}{kind}-{found['depth'].capitalize()}{letter}"
    title += f" {found['groups']}" if found["groups"] else ""
    title += POOLS.get(found["variant"] or "", "") + (" GN" if found["norm"] else "")
    return sentence("{network} (legacy)", network=title) if found["legacy"] else title
