"""A study's result as one HTML file with everything that is needed to repeat it, and as an object for programs.

Every text from outside is escaped; the file has no script and fetches nothing.
"""

import math
from collections.abc import Mapping, Sequence
from html import escape
from itertools import groupby
from typing import Any

from explorer.language import in_source
from explorer.outputs.tables.table import Table, cell_text
from explorer.studies.bounds import CONFIDENCE_PERCENT, FEWEST_FOR_INTERVAL
from explorer.studies.charts import factor_svg
from explorer.studies.conducting import Progress
from explorer.studies.results import QUANTITIES, Middle, StudyResult
from explorer.studies.tables import SHOWN, differences_table, medians_table, numbers

STYLE = """
:root { color-scheme: light dark }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1rem }
table { border-collapse: collapse; font-variant-numeric: tabular-nums }
td, th { padding: .2rem .6rem; text-align: left }
td.number { text-align: right } tr { border-bottom: 1px solid #8886 } .wide { overflow-x: auto }
svg { max-width: 100%; height: auto } svg text { fill: currentColor; font-size: 12px } .grid { stroke: #8884 }
.legend { list-style: none; padding: 0 } pre { overflow-x: auto; padding: .8rem; border: 1px solid #8886 }
"""
METHOD = (
    f"An interval reaches from the k-th smallest to the k-th largest value, with the largest k with which it encloses"
    f" the median of all possible seeds with at least {CONFIDENCE_PERCENT} % (Conover 1999, section 3.2); it assumes"
    f" nothing about the distribution. With 5 seeds it is that of the extremes, 93.75 %. Fewer than"
    f" {FEWEST_FOR_INTERVAL} seeds have no interval: nothing can be said from them about other seeds. Differences are"
    " taken seed by seed. A network of which a run diverged has neither interval nor differences."
)


def html_report(progress: Progress, result: StudyResult, command: str) -> str:
    """The report of a study that was started with `command`."""
    study = progress.study
    finished = sum(run.state == "finished" for run in progress.runs)
    parts = [
        f"<h1>{escape(study.title)}</h1>",
        f"<p>{escape(study.about)}</p>" if study.about else "",
        f"<p>{finished:,} of {len(progress.runs):,} runs have finished.</p>",
        *(_html_table(table) for table in (medians_table(result), differences_table(result)) if table.rows),
        f"<p>{escape(METHOD)}</p>",
        *_charts(result),
        "<h2>To repeat it</h2>",
        f"<pre>{escape(command)}</pre>",
        _html_facts(made_with(progress)),
        f"<pre>{escape(progress.record.toml)}</pre>",
    ]
    head = (
        f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{escape(study.title)}</title>'
    )
    body = "\n".join(part for part in parts if part)
    return (
        f'<!doctype html>\n<html lang="en"><head>{head}<style>{STYLE}</style></head>\n<body>\n{body}\n</body></html>\n'
    )


def made_with(progress: Progress) -> Mapping[str, str]:
    """What trained the runs: their seeds, devices and versions."""
    seeds = sorted({run.seed for run in progress.runs})
    devices = sorted({run.device for run in progress.runs if run.device})
    versions = sorted({f"{name} {version}" for run in progress.runs for name, version in run.versions.items()})
    return {"seeds": ", ".join(map(str, seeds)), "devices": ", ".join(devices), "versions": ", ".join(versions)}


def as_object(progress: Progress, result: StudyResult) -> dict[str, Any]:
    """The result as plain values; what is not known is null."""
    return {
        "title": progress.study.title,
        "toml": progress.record.toml,
        "made_with": made_with(progress),
        "cells": [
            {
                "network": each.cell.network,
                "factors": dict(each.cell.factors),
                "runs": each.states,
                **_middles(each.middles),
            }
            for each in result.cells
        ],
        "differences": [
            {"cell": each.cell.label, "base": each.base.label, **_middles(each.middles)} for each in result.differences
        ],
    }


def _middles(middles: Mapping[str, Middle]) -> dict[str, Any]:
    found = {}
    for name in QUANTITIES:
        value, low, high = numbers(middles[name])
        by_seed = {str(seed): each for seed, each in middles[name].values.items() if math.isfinite(each)}
        found[name] = {
            "median": value,
            "low": low,
            "high": high,
            "coverage": middles[name].coverage,
            "by_seed": by_seed,
        }
    return found


def _charts(result: StudyResult) -> Sequence[str]:
    found = []
    for factor, curves in groupby(sorted(result.curves, key=lambda curve: curve.factor), lambda curve: curve.factor):
        same = list(curves)
        for name, label in SHOWN.items():
            if picture := factor_svg(same, name, in_source(label)):
                found.append(f"<h2>{escape(in_source(label))} by {escape(factor)}</h2>{picture}")
    return found


def _html_table(table: Table) -> str:
    heads = "".join(f'<th scope="col">{escape(in_source(label))}</th>' for label in table.labels)
    rows = "".join(
        "<tr>"
        + "".join(
            f"<td{'' if isinstance(cell, str) else ' class=number'}>{escape(cell_text(cell))}</td>" for cell in row
        )
        + "</tr>"
        for row in table.rows
    )
    title = escape(in_source(table.title))
    return (
        f'<h2>{title}</h2><div class="wide"><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>'
    )


def _html_facts(facts: Mapping[str, str]) -> str:
    return "<dl>" + "".join(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in facts.items()) + "</dl>"
