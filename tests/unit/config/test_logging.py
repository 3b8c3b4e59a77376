from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PRELUDE = "import logging, sys, threading; from boxwright.config.logging import *; start_logging(to_file=True);"


def run(program: str, home: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "BOXWRIGHT_HOME": str(home)}
    return subprocess.run(
        [sys.executable, "-c", PRELUDE + program], env=environment, capture_output=True, text=True, check=False
    )


def test_stderr_shows_warnings_and_the_file_keeps_more(tmp_path: Path) -> None:
    done = run(
        "log = logging.getLogger('boxwright.store'); log.info('opened é'); log.warning('slow disk'); log.debug('no')",
        tmp_path,
    )
    assert done.stderr == "slow disk\n"
    text = (tmp_path / "log" / "boxwright.log").read_text(encoding="utf-8")
    assert "INFO boxwright.store" in text
    assert "opened é" in text
    assert "no" not in text.split()


def test_an_uncaught_error_of_any_thread_is_logged_and_shown(tmp_path: Path) -> None:
    done = run(
        "catch_uncaught(lambda text: print('shown:', text));"
        "t = threading.Thread(target=lambda: 1 / 0, name='loader'); t.start(); t.join();"
        "raise LookupError('gone')",
        tmp_path,
    )
    shown = [line for line in done.stdout.splitlines() if line.startswith("shown:")]
    assert len(shown) == 2
    assert "ZeroDivisionError" in shown[0]
    assert "LookupError: gone" in shown[1]
    text = (tmp_path / "log" / "boxwright.log").read_text(encoding="utf-8")
    assert "Uncaught error in loader" in text
    assert "Uncaught error in the main thread" in text
    assert text.count("Traceback") == 2


def test_a_log_that_cannot_be_written_costs_one_warning_not_the_start(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("a file where the folder should be")
    done = run("print('up')", tmp_path)
    assert done.stdout == "up\n"
    assert done.stderr.startswith("No log is kept:")
    assert done.stderr.count("\n") == 1


def test_a_second_start_does_not_log_twice(tmp_path: Path) -> None:
    done = run("start_logging(to_file=True); logging.getLogger('boxwright').warning('once')", tmp_path)
    assert done.stderr == "once\n"
    assert (tmp_path / "log" / "boxwright.log").read_text(encoding="utf-8").count("once") == 1


def test_the_file_rotates(tmp_path: Path) -> None:
    done = run(
        "log = logging.getLogger('boxwright');\nfor _ in range(60): log.info('x' * 100_000)",
        tmp_path,
    )
    assert done.returncode == 0
    files = sorted((tmp_path / "log").glob("boxwright.log*"))
    assert len(files) == 4
    assert all(file.stat().st_size <= 1_000_000 for file in files)
