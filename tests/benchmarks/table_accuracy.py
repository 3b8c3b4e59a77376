"""AP of every real detector on 128 COCO images beside what was measured elsewhere; a table and one JSON line.

python tests/benchmarks/table_accuracy.py [FOLDER OF REAL DATA]
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

from boxwright.domain.suppression import Suppression
from boxwright.services.prelabelling.predict import find_images, open_file, predict_images
from boxwright.services.retraining.evaluate import evaluate_files

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY))

from tests.e2e.test_accuracy import MEASURED  # noqa: E402


def main(data: Path) -> None:
    coco = data / "data" / "coco-val128"
    names = [line for line in (data / "models" / "coco80.txt").read_text().splitlines() if line]
    images = find_images([coco / "images"])
    rows = []
    print(
        f"{'detector':<46} {'layout':<15} {'kind':<8} {'AP50':>6} {'(was)':>6} {'AP':>6} {'(was)':>6} {'images/s':>9}"
    )
    for model, (was50, was) in MEASURED.items():
        detector = open_file(data / "models" / model, {"classes": names}, "cpu", images)
        result = predict_images(detector, images, 0.01, Suppression())
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "results.json"
            file.write_text(json.dumps(result.results))
            metrics = evaluate_files(coco / "instances.json", file).metrics
        card, speed = detector.card, result.images / result.seconds
        row = (card.layout, str(card.kind), metrics.ap50, was50, metrics.ap, was, speed)
        print("{:<46} {:<15} {:<8} {:>6.3f} {:>6.3f} {:>6.3f} {:>6.3f} {:>9.1f}".format(model, *row), flush=True)
        rows.append(
            {"model": model, "layout": card.layout, "AP50": metrics.ap50, "AP": metrics.ap, "images_per_s": speed}
        )
    print(json.dumps(rows))


if __name__ == "__main__":
    default = os.environ.get("BOXWRIGHT_TEST_DATA", str(REPOSITORY.parent / "shared"))
    main(Path(sys.argv[1] if len(sys.argv) > 1 else default))
