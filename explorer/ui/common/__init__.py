"""Parts that several pages share: session and visitor, links and addresses, charts, tables, theme.

Nothing here belongs to one page.
"""
