"""Trains a small detector on a YOLO folder: python train_detector.py DATASET OUT.onnx EPOCHS SIZE SEED THREADS"""

import json
import sys
from pathlib import Path

import cv2
import numpy as np
import torch
import yaml
from torch import nn

dataset, out, (epochs, size, seed, threads) = Path(sys.argv[1]), Path(sys.argv[2]), map(int, sys.argv[3:7])
names = list(yaml.safe_load((dataset / "data.yaml").read_text(encoding="utf-8"))["names"].values())
torch.manual_seed(seed)
torch.set_num_threads(threads)

pictures, targets = [], []
centres = (torch.stack(torch.meshgrid([torch.arange(size // 8)] * 2, indexing="xy")) * 8 + 4).float()  # (2,S/8,S/8)
for file in sorted((dataset / "images" / "train").iterdir()):
    picture = cv2.imdecode(np.fromfile(file, np.uint8), cv2.IMREAD_COLOR)
    pictures.append(torch.from_numpy(cv2.resize(picture, (size, size))[..., ::-1] / np.float32(255)).permute(2, 0, 1))
    target = torch.zeros(4 + len(names), size // 8, size // 8)  # left, top, right, bottom in pixels; one per class
    for line in (dataset / "labels" / "train" / f"{file.stem}.txt").read_text().splitlines():
        label, x, y, w, h = (float(v) for v in line.split())
        middle, half = torch.tensor([x, y]).view(2, 1, 1) * size, torch.tensor([w, h]).view(2, 1, 1) * size / 2
        inside = ((centres - middle).abs() < (half / 2).clamp(min=4)).all(0)
        target[:4, inside] = torch.cat([centres - middle + half, middle + half - centres])[:, inside].clamp(min=1)
        target[4:, inside] = nn.functional.one_hot(torch.tensor(int(label)), len(names)).float()[:, None]
    targets.append(target)
pictures, targets = torch.stack(pictures), torch.stack(targets)


def layer(before, after, stride=1, dilation=1):
    kernel = nn.Conv2d(before, after, 3, stride, dilation, dilation)
    return nn.Sequential(kernel, nn.BatchNorm2d(after), nn.SiLU())


layers = [layer(3, 16, 2), layer(16, 32, 2), layer(32, 64, 2), layer(64, 64), layer(64, 64, dilation=2), layer(64, 64)]
network = nn.Sequential(*layers, nn.Conv2d(64, 4 + len(names), 1))
nn.init.constant_(network[-1].bias[4:], -4.0)
steps = (len(pictures) + 7) // 8
optimiser = torch.optim.AdamW(network.parameters(), lr=5e-3)
schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 5e-3, total_steps=steps * epochs)
for epoch in range(1, epochs + 1):
    total = 0.0
    for chosen in torch.randperm(len(pictures)).split(8):
        raw, wanted = network(pictures[chosen]), targets[chosen]
        sides, true = raw[:, :4].clamp(max=5).exp() * 8, wanted[:, :4]
        found = wanted[:, 4:].amax(1)  # 1 where a cell is inside a box
        least = torch.minimum(sides, true)
        shared = (least[:, 0] + least[:, 2]) * (least[:, 1] + least[:, 3])
        areas = sum((s[:, 0] + s[:, 2]) * (s[:, 1] + s[:, 3]) for s in (sides, true))
        boxes = ((1 - shared / (areas - shared)) * found).sum() / found.sum().clamp(min=1)
        classes = nn.functional.binary_cross_entropy_with_logits(raw[:, 4:], wanted[:, 4:], reduction="sum")
        loss = boxes + classes / found.sum().clamp(min=1)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        total += loss.item() / steps
    print(json.dumps({"epoch": epoch, "epochs": epochs, "loss": total}), flush=True)


class Detector(nn.Sequential):
    def forward(self, images):
        raw = super().forward(images)
        sides = raw[:, :4].clamp(max=5).exp() * 8
        corners = torch.cat([centres - sides[:, :2], centres + sides[:, 2:]], 1)
        boxes = torch.cat([(corners[:, :2] + corners[:, 2:]) / 2, corners[:, 2:] - corners[:, :2]], 1)
        return torch.cat([boxes, raw[:, 4:].sigmoid()], 1).flatten(2)  # (batch, 4 + classes, cells)


torch.onnx.export(Detector(*network).eval(), (torch.zeros(1, 3, size, size),), str(out), dynamo=False)
card = {"layout": "yolov8", "classes": names, "input": {"resize": "stretch"}}
out.with_suffix(".card.json").write_text(json.dumps(card), encoding="utf-8")
