"""The two commands, Streamlit's settings, the requirements, and the size and content of the files."""

import re
import shutil
import stat
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
COMMANDS = ("scripts/start", "scripts/check")
REQUIREMENT_FILES = ("requirements.txt", "requirements-cluster.txt", "requirements-dev.txt")
LONGEST_FILE = 300
REQUIREMENT = re.compile(r"^([A-Za-z0-9][\w.-]*)(?:\[[\w,]+\])?>=([\d.]+)$", re.MULTILINE)


def tracked_files() -> list[Path]:
    """Every file under version control, or, in an unpacked archive without one, every file of the project."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode == 0 and listed.stdout:
        files = [ROOT / name for name in listed.stdout.split("\0") if name]
    else:
        files = [path for path in ROOT.rglob("*") if not {".venv", ".git"} & set(path.relative_to(ROOT).parts)]
    return [path for path in files if path.is_file()]


def texts() -> dict[str, str]:
    """The tracked files that are text, by their path in the repository."""
    found = {}
    for path in tracked_files():
        try:
            found[path.relative_to(ROOT).as_posix()] = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
    return found


def requirements(name: str) -> dict[str, str]:
    """Package names and lower bounds of a requirements file."""
    return dict(REQUIREMENT.findall((ROOT / name).read_text()))


def version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("."))


# The commands ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", COMMANDS)
def test_readme_gives_the_command_on_a_line_of_its_own(command: str):
    assert f"```sh\n{command}\n```" in (ROOT / "README.md").read_text()


SHELL_SCRIPTS = [path.name for path in (ROOT / "scripts").iterdir() if path.is_file() and not path.suffix]


@pytest.mark.parametrize("script", sorted(SHELL_SCRIPTS))
def test_scripts_are_executable_posix_shell(script: str):
    path = ROOT / "scripts" / script
    assert path.stat().st_mode & stat.S_IXUSR
    assert path.read_text().startswith("#!/bin/sh\n")
    assert "\nset -eu\n" in path.read_text()
    assert subprocess.run(["sh", "-n", path], check=False).returncode == 0


def test_ci_runs_the_readmes_test_command_and_nothing_else():
    path = ROOT / ".ci" / "run"
    assert path.stat().st_mode & stat.S_IXUSR
    commands = [line for line in path.read_text().splitlines() if line and not line.startswith(("#", "set "))]
    assert commands == ['exec "$(dirname "$0")/../scripts/check"']


@pytest.mark.parametrize("tool", ["ruff check", "ruff format --check", "mypy", "lint-imports", "python -m pytest"])
def test_the_check_command_runs_every_tool(tool: str):
    assert tool in (ROOT / "scripts" / "check").read_text()


def test_the_readme_starts_the_app_without_the_script_too():
    readme = (ROOT / "README.md").read_text()
    assert "pip install -r requirements.txt\nstreamlit run explorer/app.py\n" in readme
    assert (ROOT / "explorer" / "app.py").is_file()


def system_package(folder: Path, **programs: str) -> subprocess.CompletedProcess[str]:
    """Run `scripts/system-package graphviz` where PATH holds these programs only, given as shell scripts."""
    for name in ("sh", "cat", "env", "mktemp", "rm", "tail"):
        (folder / name).symlink_to(shutil.which(name) or name)
    for name, script in programs.items():
        path = folder / name.replace("_", "-")
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
    return subprocess.run(
        [ROOT / "scripts" / "system-package", "graphviz"],
        env={"PATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_without_apt_the_missing_package_is_named_in_one_sentence(tmp_path: Path):
    ended = system_package(tmp_path)
    assert ended.returncode == 1
    (line,) = ended.stderr.splitlines()
    assert line.startswith("graphviz ")
    assert "apt-get" in line
    assert "apt-get install" not in line, "there is nothing to run"


def test_without_root_nothing_is_installed(tmp_path: Path):
    ended = system_package(tmp_path, id="echo 1000", apt_get=f"echo $* >> {tmp_path}/asked")
    assert ended.returncode == 1
    (line,) = ended.stderr.splitlines()
    assert "`apt-get install graphviz`" in line
    assert not (tmp_path / "asked").exists()


def test_as_root_the_lists_are_fetched_where_a_package_is_not_known(tmp_path: Path):
    """The fake apt-get knows the package once it has been told to update, as in a new container."""
    apt_get = f'echo "$*" >> {tmp_path}/asked\nfor last; do :; done\n'
    apt_get += f'[ "$last" = update ] && : > {tmp_path}/updated\n[ -e {tmp_path}/updated ]'
    ended = system_package(tmp_path, id="echo 0", apt_get=apt_get)
    assert ended.returncode == 0
    assert [line.split()[3:] for line in (tmp_path / "asked").read_text().splitlines()] == [
        ["install", "--no-install-recommends", "graphviz"],
        ["update"],
        ["install", "--no-install-recommends", "graphviz"],
    ]


def test_a_failed_installation_says_why_in_one_line(tmp_path: Path):
    ended = system_package(tmp_path, id="echo 0", apt_get="echo reading; echo no network; exit 100")
    assert ended.returncode == 1
    begun, line = ended.stderr.splitlines()
    assert "graphviz" in begun
    assert line.startswith("graphviz ")
    assert line.endswith(": no network")


def test_the_install_command_does_nothing_where_nothing_changed(tmp_path: Path):
    checkout = fake_checkout(tmp_path)
    first, second = install(checkout), install(checkout)
    assert first == ["-m pip install --disable-pip-version-check --no-input --quiet -r a.txt -r b.txt"]
    assert second == []
    (checkout / "b.txt").write_text("changed\n")
    assert install(checkout) == ["-m pip install --disable-pip-version-check --no-input --quiet -r b.txt"]


def test_a_failed_installation_is_tried_again(tmp_path: Path):
    checkout = fake_checkout(tmp_path, pip_status=1)
    with pytest.raises(subprocess.CalledProcessError):
        install(checkout)
    with pytest.raises(subprocess.CalledProcessError):
        install(checkout)


PROGRESS = re.compile(r"^(\d+) s: (\d+) MB fetched, (\d+) MB installed$", re.MULTILINE)


def test_without_a_terminal_lines_say_how_far_the_installation_is(tmp_path: Path):
    """The fake pip fetches four mebibytes, and puts three into the environment."""
    fetch = "dd if=/dev/zero of=$TMPDIR/wheel bs=1M count=4 && mkdir -p .venv/lib && cp $TMPDIR/wheel .venv/lib/module"
    checkout = fake_checkout(tmp_path, pip=f"{fetch} && truncate -s 3M .venv/lib/module && sleep 2")
    lines = PROGRESS.findall(installing(checkout).stderr)
    assert [(fetched, installed) for _, fetched, installed in lines] == [("4", "3")]
    assert not (checkout / ".venv" / "fetched").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere torch comes without CUDA's libraries")
def test_the_first_installation_says_how_much_it_fetches(tmp_path: Path):
    checkout = fake_checkout(tmp_path)
    said = installing(checkout).stderr
    readme = (ROOT / "README.md").read_text()
    amounts = re.findall(r"about ([\d,]+ MB)", said)
    assert len(amounts) == 2
    assert [amount for amount in amounts if f"about {amount}" not in " ".join(readme.split())] == []
    (heading,) = re.findall(r'README, "(.*?)"', said) or ["Less to fetch"]
    assert f"\n## {heading}\n" in readme or f"\n### {heading}\n" in readme
    (checkout / "b.txt").write_text("changed\n")
    (checkout / ".venv/lib/python3.13/site-packages/torch").mkdir(parents=True)
    assert "MB are fetched" not in installing(checkout).stderr


def fake_checkout(folder: Path, pip_status: int = 0, pip: str = ":") -> Path:
    """A checkout whose .venv holds an interpreter that only writes down what it was asked to do."""
    (folder / "scripts").mkdir()
    (folder / "scripts" / "install").symlink_to(ROOT / "scripts" / "install")
    for name in ("a.txt", "b.txt"):
        (folder / name).write_text(f"{name}\n")
    python = folder / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\n[ "$1" = -c ] && exit 0\necho "$*" >> "{folder}/asked"\n{pip}\nexit {pip_status}\n')
    python.chmod(0o755)
    return folder


def install(checkout: Path) -> list[str]:
    """What `scripts/install a.txt b.txt` asks of Python, from another working directory and with no terminal."""
    asked = checkout / "asked"
    asked.unlink(missing_ok=True)
    installing(checkout)
    return asked.read_text().splitlines() if asked.exists() else []


def installing(checkout: Path) -> subprocess.CompletedProcess[str]:
    """What `scripts/install a.txt b.txt` prints; CalledProcessError where it fails."""
    command = [checkout / "scripts" / "install", "a.txt", "b.txt"]
    return subprocess.run(command, cwd="/", check=True, stdin=subprocess.DEVNULL, capture_output=True, text=True)


# Requirements ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", REQUIREMENT_FILES)
def test_every_requirement_has_a_lower_bound_and_no_other(name: str):
    lines = [line for line in (ROOT / name).read_text().splitlines() if line and line[0] not in "#-"]
    assert [line for line in lines if not REQUIREMENT.match(line)] == []


def test_every_requirement_has_its_reason_and_no_reason_is_left_over():
    decision = (ROOT / "docs" / "decisions" / "0004-dependencies.md").read_text()
    reasons = set(re.findall(r"^\| ([\w-]+) \| .{10,} \|$", decision, re.MULTILINE))
    assert reasons == {package for name in REQUIREMENT_FILES for package in requirements(name)}


def test_the_lock_holds_every_requirement_at_or_above_its_bound():
    locked = dict(re.findall(r"^([\w.-]+)==([\d.]*\d)", (ROOT / "requirements.lock").read_text().lower(), re.MULTILINE))
    bounds = {package: bound for name in REQUIREMENT_FILES for package, bound in requirements(name).items()}
    missing = [package for package in bounds if package not in locked]
    assert missing == []
    assert [package for package, bound in bounds.items() if version(locked[package]) < version(bound)] == []


# What stands in the files ---------------------------------------------------------------------------------------


def test_no_file_holds_a_path_of_one_machine_or_an_index_address():
    patterns = (
        r"/(?:home|Users)/\w+/",
        r"/root/",
        r"(?:index-url|find-links)[ =]+\S*/",
        r"(?:pypi\.org|pythonhosted\.org|download\.pytorch\.org)",
        rf"(?<![\w./-]){re.escape(str(ROOT))}/",
    )
    forbidden = re.compile("|".join(patterns))
    # This file spells the patterns out.
    found = [name for name, text in texts().items() if name != "tests/test_repository.py" and forbidden.search(text)]
    assert found == []


def test_no_tracked_file_is_large():
    limit = 1_500_000
    assert [path.name for path in tracked_files() if path.stat().st_size > limit] == []


def test_no_product_file_is_long():
    paths = [*ROOT.glob("explorer/**/*.py"), *ROOT.glob("pages/**/*.py")]
    lengths = {path.relative_to(ROOT).as_posix(): path.read_text().count("\n") for path in paths}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE} == {}, "Which type is missing?"


def test_every_page_is_registered_and_every_registered_page_exists():
    frame = (ROOT / "explorer" / "ui" / "app_frame.py").read_text()
    registered = set(re.findall(r"st\.Page\(PAGES / \"(\w+\.py)\"", frame))
    assert registered == {path.name for path in ROOT.glob("pages/*.py")}


# Streamlit's settings -------------------------------------------------------------------------------------------


def flat(table: dict[str, object], prefix: str = "") -> dict[str, object]:
    """A nested table with dotted keys."""
    found: dict[str, object] = {}
    for key, value in table.items():
        found |= flat(value, f"{prefix}{key}.") if isinstance(value, dict) else {f"{prefix}{key}": value}
    return found


SETTINGS = flat(tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text()))


@pytest.mark.parametrize("name", SETTINGS)
def test_streamlit_knows_every_setting(name: str):
    config = pytest.importorskip("streamlit.config")
    config.get_option(name)  # raises RuntimeError for one that does not exist


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("server.address", "localhost"),
        ("server.allowedHosts", ["localhost", "127.0.0.1"]),
        ("server.fileWatcherType", "none"),
        ("runner.postScriptGC", False),
        ("global.maxCachedMessageAge", 50),
        ("browser.gatherUsageStats", False),
        ("client.toolbarMode", "viewer"),
        ("client.showErrorDetails", "type"),
        ("client.showErrorLinks", False),
    ],
)
def test_settings_keep_visitors_safe_and_pages_fast(name: str, value: object):
    assert SETTINGS[name] == value


def test_no_font_is_fetched():
    fonts = [value for name, value in SETTINGS.items() if "font" in name.lower()]
    assert fonts
    assert [font for font in fonts if "http" in str(font) or ":" in str(font)] == []
