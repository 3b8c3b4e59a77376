from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from boxwright.config import paths


def test_a_checkout_finds_what_ships_with_it() -> None:
    assert (paths.resources() / "README.md").is_file()
    assert (paths.docs() / "guide" / "tour.md").is_file()
    assert (paths.docs().parent / "CHANGELOG.md").is_file()
    assert "numpy==" in paths.constraints().read_text()
    assert "models" in json.loads((paths.models() / "registry.json").read_text())


@pytest.mark.parametrize("frozen", [False, True], ids=["wheel", "bundle"])
def test_an_installed_copy_finds_its_own_data(tmp_path: Path, frozen: bool) -> None:
    package = tmp_path / "boxwright"
    (package / "config").mkdir(parents=True)
    (package / "_data" / "models").mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "config" / "__init__.py").touch()
    (package / "config" / "paths.py").write_text(Path(paths.__file__).read_text())
    bundle = f"sys._MEIPASS = {str(tmp_path)!r};" if frozen else ""
    program = f"import sys; {bundle} from boxwright.config import paths; print(paths.models(), paths.docs())"
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == f"{package / '_data' / 'models'} {package / '_data' / 'docs'}"


def test_one_variable_moves_every_user_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOXWRIGHT_HOME", str(tmp_path))
    folders = {paths.config_dir(), paths.data_dir(), paths.cache_dir(), paths.log_dir()}
    assert len(folders) == 4
    assert all(folder.parent == tmp_path for folder in folders)
