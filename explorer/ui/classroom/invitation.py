"""What a teacher shows to the class so that it joins: the code, the link, the QR code."""

from urllib.parse import urlsplit

import segno
import streamlit as st

from explorer.classes.credentials import spaced
from explorer.language import N_, _

PAGE, JOIN = "class", "join"
THIS_MACHINE = ("localhost", "127.0.0.1", "[::1]")
ONLY_HERE = N_(
    "This address works on this machine only. Open the app at the machine's name or number in the network, so that the"
    " link and the QR code have it too."
)


def joining_link(code: str) -> str:
    """The whole address by which a student joins; it holds the code and nothing else."""
    place = urlsplit(st.context.url or "")
    folder = place.path.rpartition("/")[0]
    return f"{place.scheme}://{place.netloc}{folder}/{PAGE}?{JOIN}={code}" if place.netloc else f"/{PAGE}?{JOIN}={code}"


def qr_svg(link: str) -> str:
    """The link as a QR code, dark on white in both themes, as cameras expect it."""
    svg: str = segno.make(link, error="m").svg_inline(scale=8, border=3, light="#fff", dark="#000")
    return svg


def draw_invitation(code: str) -> None:
    """Draws code, QR code and link."""
    link = joining_link(code)
    with st.container(key="class.code"):
        st.markdown(f"# {spaced(code)}")
    st.markdown(_("Open this link, or the page *Class*, and enter the code:"))
    st.code(link, language=None, wrap_lines=True)
    st.image(qr_svg(link), width=260, alt=_("QR code of {link}").format(link=link))
    if urlsplit(link).hostname in THIS_MACHINE:
        st.caption(_(ONLY_HERE))
