"""Report page that needs nothing else: plots and tables, for light and dark screens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from math import sqrt
from typing import Any

from boxwright.simulate.arms import RANDOM
from boxwright.simulate.plots import COLOURS, IntervalBar, Series, interval_plot, line_plot, style_of
from boxwright.simulate.verdict import verdict

_AXES = {"boxes": "boxes labelled", "images": "images labelled", "seconds": "hours of work"}
_METRICS = {"AP": "mAP50-95", "AP50": "AP50"}
_LIGHT = ("#1f6fb4", "#d1495b", "#2a8c55", "#9a5bb5", "#c77c11", "#12808f", "#8a6d3b", "#5c5c5c")
_DARK = ("#6db3f2", "#ff8a96", "#6fd39a", "#cf9bea", "#f2b458", "#5fcbd8", "#cdb07a", "#b5b5b5")


def page(report: Mapping[str, Any]) -> str:
    """HTML. What came from files is escaped."""
    arms = list(report["arms"])
    places = {arm: place for place, arm in enumerate(arms)}
    name = escape(report["about"].get("dataset", "a labelled set"))
    parts = [
        f"<h1>Which batches are worth a person's time: {name}</h1>",
        f"<p class='answer'>{escape(verdict(report).text)}</p>",
        f"<p>{_about(report)}</p>",
        _section("The primary figure", _primary(report, places)),
        _section("Learning curves", _legend(places) + _curves(report, places)),
        _section("What is saved", _savings(report)),
        _section("Ways of working", _ways(report)),
        _section("Classes, in the last round", _classes(report)),
        _section("All differences to random", _differences(report)),
    ]
    if report["noise"]:
        parts.append(_section("Noise", _noise(report["noise"])))
    body = "\n".join(parts)
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{name}</title>'
    return f"<!doctype html><html lang='en'><head>{head}<style>{_style()}</style></head><body>{body}</body></html>\n"


def _style() -> str:
    def colours(values: Sequence[str]) -> str:
        return "".join(f".c{k}{{stroke:{c};fill:{c}}}" for k, c in enumerate(values[:COLOURS]))

    return (
        ":root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;max-width:1000px;margin:2em auto;"
        "padding:0 1em;color:#1b1b1b;background:#fff}h1{font-size:1.5em}h2{font-size:1.15em;margin-top:2em}"
        ".answer{font-size:1.1em;padding:.8em 1em;border-left:4px solid #1f6fb4;background:#eef4fa}"
        ".plots{display:flex;flex-wrap:wrap;gap:1em}svg{max-width:100%;height:auto}svg text{font-size:11px;fill:#444;"
        "stroke:none}svg line,svg polyline{stroke-width:1.8}polyline{fill:none!important}.grid{stroke:#ddd}.axis"
        "{stroke:#888}circle{stroke-width:0}table{border-collapse:collapse;font-variant-numeric:tabular-nums}"
        "th,td{padding:.25em .8em;text-align:right;border-bottom:1px solid #ddd}th:first-child,td:first-child"
        "{text-align:left}.wide{overflow-x:auto}.legend span{margin-right:1.2em;white-space:nowrap}" + colours(_LIGHT) +
        "@media(prefers-color-scheme:dark){body{color:#e6e6e6;background:#191b1e}.answer{background:#222c36;"
        "border-color:#6db3f2}svg text{fill:#bbb}.grid{stroke:#3a3d41}th,td{border-color:#3a3d41}"
        + colours(_DARK) + "}"
    )  # fmt: skip


def _section(title: str, content: str) -> str:
    return f"<h2>{title}</h2>{content}" if content else ""


def _about(report: Mapping[str, Any]) -> str:
    told = ", ".join(f"{escape(key)} {escape(value)}" for key, value in report["about"].items() if key != "dataset")
    seeds = max((found["seeds"] for found in report["arms"].values()), default=0)
    missing = f" {report['unfinished']} cells belong to repeats that are not finished." if report["unfinished"] else ""
    return f"{seeds} repeats of {report['rounds']} rounds; {told}.{missing}"


def _primary(report: Mapping[str, Any], places: Mapping[str, int]) -> str:
    axis, metric = report["primary"]["axis"], report["primary"]["metric"]
    bars, rows = [], []
    for arm, found in report["arms"].items():
        told = found["difference"][axis][metric]
        if arm == RANDOM or told["mean"] is None:
            continue
        bars.append(IntervalBar(arm, *(None if told[k] is None else 100 * told[k] for k in ("mean", "low", "high"))))  # type: ignore[arg-type]
        rows.append([arm, _points(told["mean"]), _interval(told), _p(told["p"]), _p(told.get("p_holm"))])
    said = (
        "<p>Area under the curve of mAP50-95 over the boxes labelled so far, divided by the width that both curves "
        "have, less that of random with the same seed; in AP points of 100, with a 95 % bootstrap interval over "
        "seeds.</p>"
    )
    head = ["arm", "AP points", "95 % interval", "p (Wilcoxon)", "p (Holm)"]
    return said + interval_plot(bars, places, "AP points ahead of random at equal boxes") + _table(head, rows)


def _legend(places: Mapping[str, int]) -> str:
    line = "<svg width='34' height='10' viewBox='0 0 34 10'><line {} x1='2' x2='32' y1='5' y2='5'/></svg>"
    spans = "".join(f"<span>{line.format(style_of(place))} {escape(arm)}</span>" for arm, place in places.items())
    return f"<p class='legend'>{spans}</p><p>Bars: one standard error over seeds.</p>"


def _curves(report: Mapping[str, Any], places: Mapping[str, int]) -> str:
    plots = []
    for metric, y_title in _METRICS.items():
        for axis, x_title in _AXES.items():
            unit = 3600 if axis == "seconds" else 1
            series = [
                Series(
                    arm,
                    [r[axis] / unit for r in found["rounds"]],
                    [r[metric]["mean"] for r in found["rounds"]],
                    [
                        None if r[metric]["sd"] is None else r[metric]["sd"] / sqrt(found["seeds"])
                        for r in found["rounds"]
                    ],
                )
                for arm, found in report["arms"].items()
            ]
            plots.append(line_plot(series, places, x_title, y_title))
    return f"<div class='plots'>{''.join(plots)}</div>"


def _savings(report: Mapping[str, Any]) -> str:
    rows = []
    for arm, found in report["arms"].items():
        if arm == RANDOM:
            continue
        row = [arm]
        for axis in _AXES:
            told = found["saving"][axis]
            row += [_saving(told), "–" if told["low"] is None else f"{told['low']:.0%} to {told['high']:.0%}"]
        censored = found["saving"]["boxes"]["censored"]
        rows.append([*row, "–" if censored is None else f"{censored:.0%}"])
    head = [
        "arm",
        *(f"{title}{more}" for axis in _AXES for title, more in ((axis, ""), (axis, ", 95 %"))),
        "not reached",
    ]
    said = (
        "<p>The part of the labels that an arm does without, to reach the mAP50-95 that random ends with. Not reached: "
    )
    return f"{said}the share of resamples in which it never gets there.</p>{_table(head, rows)}" if rows else ""


def _saving(told: Mapping[str, Any]) -> str:
    if told["random"] is None:
        return "–"
    return "not reached" if told["saving"] is None else f"{told['saving']:.0%}"


def _ways(report: Mapping[str, Any]) -> str:
    rows = [
        [f"{way['way']}: {way['arm']}" if way["way"] == "sampled" else way["way"], f"{way['left']:.2f}",
         f"{way['whole']:.2f}", f"{way['hours']:.1f}"]
        for way in report["ways"]
    ]  # fmt: skip
    said = (
        "<p>Boxes to fix per image: on the images that are left at the end, and over the whole pool with what was done "
        "along the way; hours to label the whole pool, as people were timed.</p>"
    )
    return said + _table(["way", "left", "whole pool", "hours"], rows)


def _classes(report: Mapping[str, Any]) -> str:
    head = ["arm", *(f"{name}: {what}" for name in report["classes"] for what in ("AP", "boxes"))]
    rows = [
        [arm, *(text for name in report["classes"] for text in _class(found["classes"][name]))]
        for arm, found in report["arms"].items()
    ]
    return f"<div class='wide'>{_table(head, rows)}</div>"


def _class(told: Mapping[str, Any]) -> tuple[str, str]:
    return "–" if told["AP"] is None else f"{told['AP']:.3f}", f"{told['boxes']:.0f}"


def _differences(report: Mapping[str, Any]) -> str:
    head = ["arm", *(f"{metric} by {axis}" for axis in _AXES for metric in _METRICS), *(f"last {m}" for m in _METRICS)]
    rows = []
    for arm, found in report["arms"].items():
        told = [found["difference"][axis][metric] for axis in _AXES for metric in _METRICS]
        told += [found["final"][metric] for metric in _METRICS]
        if arm != RANDOM:
            rows.append([arm, *("–" if t["mean"] is None else f"{_points(t['mean'])} ({_interval(t)})" for t in told)])
    return f"<div class='wide'>{_table(head, rows)}</div>" if rows else ""


def _noise(told: Mapping[str, Any]) -> str:
    figures = " and ".join(
        f"{title} {told[metric]['mean']:.4f}" + ("" if told[metric]["sd"] is None else f" ± {told[metric]['sd']:.4f}")
        for metric, title in _METRICS.items()
    )
    return f"<p>{told['trainings']} trainings on the same {told['images']} images, other seeds: {figures}.</p>"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    top = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><tr>{top}</tr>{body}</table>"


def _points(value: float) -> str:
    return f"{100 * value:+.2f}"


def _interval(told: Mapping[str, Any]) -> str:
    return "–" if told["low"] is None else f"{_points(told['low'])} to {_points(told['high'])}"


def _p(value: float | None) -> str:
    return "–" if value is None else f"{value:.3g}"
