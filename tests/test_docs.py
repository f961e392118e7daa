"""The documents are right: links exist, examples show what the commands print, and lists are complete."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("0*.md"))
LONGEST_DECISION = 60
EXAMPLES = re.findall(r"^```console\n\$ python -m explorer ([^\n]*)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)

documents = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
decisions = pytest.mark.parametrize("decision", DECISIONS, ids=lambda path: path.stem)


def explorer(arguments: str) -> subprocess.CompletedProcess[str]:
    """What a shell makes of `python -m explorer ARGUMENTS`, in the repository's root."""
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    command = ["sh", "-c", f"python -m explorer {arguments}"]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


@documents
def test_links_inside_the_repository_exist(document: Path):
    targets = re.findall(r"\]\((?!https?:)([^)#]+)[^)]*\)", document.read_text())
    assert [target for target in targets if not (document.parent / target).exists()] == []


@documents
def test_work_is_never_called_flops_alone(document: Path):
    """FLOPs are named only where MACs are (decision 6)."""
    paragraphs = document.read_text().split("\n\n")
    assert [text for text in paragraphs if "FLOP" in text and "MAC" not in text] == []


@decisions
def test_a_decision_is_short_and_has_its_three_parts(decision: Path):
    text = decision.read_text()
    assert text.startswith(f"# {int(decision.name[:4])}. ")
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == ["Context", "Decision", "Consequences"]
    lines = [line for line in text.splitlines() if not line.startswith("|")]
    assert len(lines) <= LONGEST_DECISION, "without the rows of tables"


def test_decisions_are_numbered_without_gaps_and_listed_by_their_titles():
    titles = [re.sub(r"^# \d+\. ", "", path.read_text().splitlines()[0]) for path in DECISIONS]
    listed = re.findall(r"^(\d+)\. \[(.*)\]\((.*)\)$", (ROOT / "docs/decisions/README.md").read_text(), re.MULTILINE)
    assert [path.name[:4] for path in DECISIONS] == [f"{number + 1:04}" for number in range(len(DECISIONS))]
    assert listed == [
        (str(int(path.name[:4])), title, path.name) for path, title in zip(DECISIONS, titles, strict=True)
    ]


def test_readme_lists_every_folder_and_only_what_is_there():
    listed = set(re.findall(r"^\| `([\w.]+/[\w./]*)` \|", README, re.MULTILINE))
    packages = {f"explorer/{path.parent.name}/" for path in ROOT.glob("explorer/*/__init__.py")}
    folders = {path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith((".", "_"))}
    assert packages <= listed
    assert folders - {name.partition("/")[0] for name in listed} - {"out"} == set()
    assert [name for name in listed if not (ROOT / name).exists()] == []


def test_readme_lists_every_environment_variable_and_only_those():
    used = set()
    for path in [*ROOT.glob("explorer/**/*.py"), *ROOT.glob("pages/*.py")]:
        used |= set(re.findall(r"RESIDUAL_EXPLORER_[A-Z_]+", path.read_text()))
    assert set(re.findall(r"^\| `(RESIDUAL_EXPLORER_[A-Z_]+)` \|", README, re.MULTILINE)) == used


def test_readme_shows_every_command():
    offered = re.findall(r"^    (\w+) {2,}", explorer("--help").stdout, re.MULTILINE)
    shown = re.findall(r"^(?:\$ )?python -m explorer (\w+)", README, re.MULTILINE)
    assert "describe" in offered
    assert set(shown) == set(offered)


@pytest.mark.parametrize(("arguments", "output"), EXAMPLES, ids=[arguments for arguments, _ in EXAMPLES])
def test_readme_examples_are_what_the_command_prints(arguments: str, output: str):
    """An example that shows an error shows standard error; every other one must succeed."""
    ended = explorer(arguments)
    assert ended.stdout or ended.stderr
    assert (ended.stdout or ended.stderr) == output


def test_readme_has_examples():
    assert len(EXAMPLES) >= 4
