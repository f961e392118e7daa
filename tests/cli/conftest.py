"""Fixtures of the command line's tests."""

import pytest

from explorer.cli.main import main


@pytest.fixture
def printed(capsys: pytest.CaptureFixture[str]):
    """Runs a command that must succeed quietly, and gives what it printed."""

    def run(*arguments: str) -> str:
        assert main(arguments) == 0
        out, err = capsys.readouterr()
        assert err == ""
        return out

    return run
