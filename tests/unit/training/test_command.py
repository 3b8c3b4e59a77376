"""A person's own training program: what it is given, what it may print, how it may end."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.training_programs import Bench
from tests.training_sets import CLASSES
from tests.waiting import wait_until_gone

from boxwright.domain.card import DetectorCard, InputSpec
from boxwright.domain.errors import BoxwrightError, Cancelled, ModelError, SettingError, TrainingError
from boxwright.domain.prediction import ProbKind
from boxwright.domain.progress import Progress
from boxwright.training.protocol import BaseModel, Epoch

pytestmark = pytest.mark.slow

COPY = "shutil.copy(ready, argv[0])"
CARD = DetectorCard("yolov8", ProbKind.SIGMOID, CLASSES, InputSpec(64, 64))


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path / "한글 folder")


def test_the_program_is_given_what_its_arguments_name(bench: Bench) -> None:
    base = BaseModel(bench.ready, CARD, lambda *_: None)  # type: ignore[arg-type]
    names = [
        "{dataset}",
        "--all={epochs}/{size}/{seed}/{device}/{threads}",
        "{base}",
        "{{epochs}} $HOME {}",
        "a  b;'\"",
    ]
    made = bench.run(
        "import json; print(json.dumps({'argv': argv, 'there': os.listdir(argv[1])}))\n" + COPY, *names, base=base
    )
    said = json.loads(bench.lines[0])
    assert made.onnx.parent == bench.out
    assert said["argv"][2:] == ["--all=3/64/5/cpu/1", str(bench.ready), "{epochs} $HOME {}", "a  b;'\""]
    assert {"data.yaml", "images", "labels"} <= set(said["there"])
    # Only the detector outlives the run.
    assert [file.name for file in bench.out.iterdir()] == ["candidate.onnx"]
    assert made.card.classes == CLASSES
    assert all(image.path.is_file() for image in bench.dataset.images)


def test_a_card_and_data_files_beside_the_detector_come_with_it(bench: Bench) -> None:
    card = {"classes": ["x", "y"], "input": {"resize": "stretch"}}
    made = bench.run(
        f"open(argv[0][:-5] + '.card.json', 'w').write({json.dumps(card)!r})\n"
        "open(os.path.dirname(argv[0]) + '/weights.bin', 'w').write('w')\n" + COPY
    )
    assert made.card.classes == ("x", "y")
    assert made.card.input.resize == "stretch"
    assert sorted(f.name for f in bench.out.iterdir()) == ["candidate.card.json", "candidate.onnx", "weights.bin"]


def test_json_lines_are_progress_and_epochs_and_the_rest_is_the_log(bench: Bench) -> None:
    lines = [
        '{"text": "사진을 읽는다"}',
        '{"progress": 0.25}',
        '{"epoch": 1, "epochs": 2, "loss": 1.5, "class_loss": 1.0, "box_loss": 0.5, "ap50": 0.4}',
        '{"epoch": 2, "loss": 1, "ap50": 7}',
        '{"epoch": 3}',
        '{"progress": NaN, "other": 1}',
        '{"progress": "half"}',
        "{broken",
        "[1]",
    ]
    made = bench.run(f"for line in {lines!r}: print(line)\n" + COPY)
    assert [(e.number, e.loss, e.class_loss, e.box_loss, e.ap50) for e in made.history] == [
        (1, 1.5, 1.0, 0.5, 0.4),
        (2, 1.0, 0.0, 0.0, None),
    ]
    assert tuple(told for told in bench.told if isinstance(told, Epoch)) == made.history
    steps = [(p.done, p.total) for p in bench.told if isinstance(p, Progress)]
    assert steps == [(250, 1000), (1, 2), (2, 3), (3, 3)]
    assert bench.lines == ["사진을 읽는다", *lines[5:]]


def test_plain_text_moves_the_bar_and_is_shown(bench: Bench) -> None:
    bench.run("print('Epoch 2/8: loss 3'); print('progress: 40 %', file=sys.stderr); print('100% [==]')\n" + COPY)
    steps = {(p.done, p.total) for p in bench.told if isinstance(p, Progress)}
    assert steps == {(1, 8), (400, 1000)}
    assert sorted(bench.lines) == ["100% [==]", "Epoch 2/8: loss 3", "progress: 40 %"]


def test_garbage_floods_and_bars_break_nothing(bench: Bench) -> None:
    bench.run(
        "out = sys.stdout.buffer\n"
        "out.write(bytes(range(256)) * 40 + b'\\n'); out.write(b'x' * 5_000_000 + b'\\n')\n"
        "out.write(b'{' * 100_000 + b'\\n'); out.write(b'[' * 100_000 + b'\\n')\n"
        "out.write(b'\\x1b[31mred\\x1b[0m\\r\\n'); out.write(b''.join(b'%d%%\\r' % n for n in range(101)) + b'\\n')\n"
        "out.write('끝'.encode() + b'\\n'); out.flush()\n"
        "sys.stderr.buffer.write(b'\\xff\\xfe\\x00\\n' * 3); sys.stderr.flush()\n"
        "for n in range(20_000): print('line', n)\n"
        "print('the end', end='')\n" + COPY
    )
    assert all(len(line) <= 2000 and line.isprintable() for line in bench.lines)
    assert {"red", "100%", "끝"} <= set(bench.lines)
    assert "0%" not in bench.lines
    assert len(bench.lines) < 5_000
    assert "left out" in bench.lines[-1] or bench.lines[-1] == "the end"


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("print('reading'); sys.exit(3)", r"exit code 3; its last line was: reading"),
        ("raise ValueError('no such layer')", r"exit code 1; its last line was: ValueError: no such layer"),
        ("sys.exit(2)", r"exit code 2; it printed nothing"),
        ("os.kill(os.getpid(), 9)", r"signal 9 \(SIGKILL\)"),
        (COPY + "; sys.exit(1)", r"exit code 1"),
        ("pass", r"wrote no detector"),
        ("open(argv[0], 'w').close()", r"wrote no detector"),
        ("os.mkdir(argv[0])", r"wrote no detector"),
    ],
)
def test_a_program_that_fails_is_one_sentence_and_leaves_nothing(code: str, words: str, bench: Bench) -> None:
    with pytest.raises(TrainingError, match=words) as raised:
        bench.run(code)
    assert "\n" not in str(raised.value)
    assert not list(bench.out.iterdir())


def test_a_file_that_is_no_detector_is_refused_and_not_kept(bench: Bench) -> None:
    with pytest.raises(ModelError):
        bench.run("open(argv[0], 'w').write('not onnx')")
    assert not list(bench.out.iterdir())


# Its grandchild tells its number; then the program goes on.
FAMILY = """
import subprocess
mark = argv[0] + '.told'
child = 'import os, sys, time; print("pid", os.getpid(), flush=True); open(sys.argv[1], "x"); time.sleep(100_000)'
family = 'import subprocess, sys; subprocess.run([sys.executable, "-S", "-c", ' + repr(child) + ', sys.argv[1]])'
subprocess.Popen([sys.executable, '-S', '-c', family, mark])
while not os.path.exists(mark):
    time.sleep(0.01)
os.unlink(mark)
"""


@pytest.mark.parametrize("waits", ["time.sleep(600)", "while True: print('x' * 100)", "while True: pass"])
def test_cancel_ends_the_program_with_its_grandchildren(waits: str, bench: Bench) -> None:
    def grandchild() -> int | None:
        return next((int(line.split()[1]) for line in bench.lines if line.startswith("pid")), None)

    bench.should_stop = lambda: grandchild() is not None
    with pytest.raises(Cancelled):
        bench.run(FAMILY + waits)
    pid = grandchild()
    assert pid is not None
    wait_until_gone([pid])
    assert not list(bench.out.iterdir())


def test_what_a_program_leaves_running_ends_with_it(bench: Bench) -> None:
    bench.run(FAMILY + COPY)
    (pid,) = [int(line.split()[1]) for line in bench.lines if line.startswith("pid")]
    wait_until_gone([pid])


def test_a_time_limit_ends_it(bench: Bench) -> None:
    with pytest.raises(TrainingError, match=r"after 0\.5 seconds"):
        bench.run("time.sleep(600)", time_limit=0.5)
    assert not list(bench.out.iterdir())


def test_a_report_that_fails_ends_the_program(bench: Bench) -> None:
    class Full(list[object]):
        def append(self, told: object) -> None:
            super().append(told)
            if bench.lines:
                raise OSError("no space left")

    bench.told = Full()  # type: ignore[assignment]
    with pytest.raises(OSError, match="no space"):
        bench.run("print(os.getpid(), flush=True); time.sleep(600)")
    wait_until_gone([int(bench.lines[0])])


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"arguments": None}, "Say which program"),
        ({"arguments": "train.py {out}"}, "list of texts"),
        ({"arguments": ["train.py"]}, "holds {out}"),
        ({"arguments": ["train.py", "{out}", "{epoch}"]}, "no value {epoch}"),
        ({"arguments": ["train.py", "{out}", "{base}"]}, "no detector to start from"),
        ({"dataset_format": "voc"}, "one of yolo, coco, not"),
        ({"images": "none"}, "one of link, copy, not"),
        ({"time_limit": 0}, "larger than zero"),
        ({"time_limit": float("nan")}, "larger than zero"),
        ({"limit": 3}, "no option 'limit'"),
    ],
)
def test_options_that_cannot_be_are_one_sentence(options: dict[str, Any], words: str, bench: Bench) -> None:
    with pytest.raises(SettingError, match=words):
        bench.run("", **options)
    assert not list(bench.out.iterdir())


def test_a_program_that_is_not_there_is_one_sentence(bench: Bench) -> None:
    with pytest.raises(TrainingError, match=r"'no such program' could not be started.*whole path"):
        bench.run("", arguments=["no such program", "{out}"])
    bench.dataset = replace(bench.dataset, exchange=None)
    with pytest.raises(BoxwrightError):
        bench.run(COPY)


def test_the_same_folder_as_coco(bench: Bench) -> None:
    bench.run("print(sorted(os.listdir(argv[1])))\n" + COPY, "{dataset}", dataset_format="coco", images="copy")
    assert "annotations" in bench.lines[0]
