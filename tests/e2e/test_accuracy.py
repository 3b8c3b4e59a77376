"""Real detectors on real photographs, through the commands: what a reading error costs is seen here at once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from boxwright.main import main

pytestmark = pytest.mark.data

# AP50 and AP on 128 COCO images as a separate script measured them: score floor 0.01, class-wise NMS at IoU 0.6.
MEASURED = {
    "deimv2_femto.onnx": (0.550, 0.400),
    "deimv2_atto_raw_logits.onnx": (0.410, 0.283),
    "yolox_nano.onnx": (0.493, 0.335),
    "nanodet_m_320.onnx": (0.407, 0.248),
    "fastestdet.onnx": (0.357, 0.191),
    "layouts/v5style_1xNx85.onnx": (0.500, 0.327),
    "layouts/v8style_1x84xN.onnx": (0.500, 0.327),
    "layouts/v10style_e2e_1x300x6.onnx": (0.505, 0.332),
    "layouts/v7end2end_Kx7.onnx": (0.505, 0.332),
    "layouts/torchvision_boxes_labels_scores.onnx": (0.505, 0.332),
    "layouts/tfod_ssd_style_nhwc_uint8.onnx": (0.505, 0.332),
}
TOLERANCE = 0.01


@pytest.mark.parametrize("model", MEASURED)
def test_predict_then_evaluate_reaches_what_was_measured(
    model: str, data_dir: Path, model_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, results = data_dir / "coco-val128", tmp_path / "results.json"
    names = ["--classes", str(model_dir / "coco80.txt")] if "/" not in model else []
    thresholds = ["--conf", "0.01", "--iou", "0.6", "--device", "cpu", "--json"]
    assert (
        main(["predict", str(model_dir / model), str(folder / "images"), "--out", str(results), *names, *thresholds])
        == 0
    )
    predicted = json.loads(capsys.readouterr().out)
    assert (predicted["images"], predicted["problems"]) == (128, [])

    truth = str(folder / "instances.json")
    assert main(["evaluate", "--truth", truth, "--results", str(results), "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    ap50, ap = MEASURED[model]
    assert figures["AP50"] >= ap50 - TOLERANCE
    assert figures["AP"] >= ap - TOLERANCE
    assert len(figures["per_class"]) == 80
