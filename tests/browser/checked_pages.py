"""What the accessibility tests look at, as docs/accessibility.md states it: pages, and rules that are left out."""

from collections.abc import Mapping

ADDRESSES: Mapping[str, tuple[str, ...]] = {
    "start": ("/start",),
    "lesson": ("/lesson?step=sum",),
    "lessons": ("/lessons",),
    "build": ("/?preset=resnet18&tab=Layers&colour=params&stage_blocks=2-3-2-2",),
    "compare": (
        "/compare?net=resnet50&net=plain50",
        "/compare?show=field&x=params&y=imagenet-10-crop",
        "/compare?show=solver",
    ),
    "train": ("/train?steps=60",),
    "runs": ("/runs?state=finished",),
    "labs": ("/labs?lab=signal&part=factor", "/labs?lab=shortcuts"),
    "figures": ("/figures?table=he2015-1",),
    "class": ("/class", "/class?join=CFH347"),
}
"""By the page's file in `pages/`: the addresses at which it is checked, in both themes."""

LEFT_OUT: Mapping[str, str] = {
    "best practices of moderate or minor impact": "they are not part of WCAG",
    "in the dark theme, every rule but `color-contrast`": "the themes differ in their colours alone",
}
"""What of axe's rules is left out, and why."""
