"""Prometheus over what a running bot shows at /metrics: the rules of docs/alerts.yaml, and queries of the dashboard.

Each ``scrape`` reads /metrics once, as Prometheus would at that step of simulated time. All samples are given to
``promtool``, Prometheus' own evaluator of rules and queries.
"""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.applications import Starlette

RULES = Path(__file__).parents[2] / "docs/alerts.yaml"
JOB = {"job": "jarshy", "instance": "a"}
MISSING = "_"


def promtool() -> str:
    """Return the path of promtool; without it skip, or fail where nothing may be skipped."""
    found = shutil.which("promtool")
    if found is None:
        reason = "promtool is not installed (it comes with Prometheus)"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return found


class Prometheus:
    """Scrapes a bot at each step of a simulated clock; instants are counted from ``began``, as promtool does."""

    def __init__(self, bot: Starlette | str, began: datetime, step: timedelta) -> None:
        self._began = began
        self._step = step
        self._steps = 0
        self._series: dict[str, list[str]] = {}
        self.observe(bot)

    def observe(self, bot: Starlette | str) -> None:
        """Scrape this application, or the process at this address, from now on."""
        if isinstance(bot, str):
            self._client = httpx.AsyncClient(base_url=bot, trust_env=False)
        else:
            self._client = httpx.AsyncClient(transport=httpx.ASGITransport(app=bot), base_url="http://bot")

    async def close(self) -> None:
        """Close the connections to a process."""
        await self._client.aclose()

    async def shows(self, series: str) -> bool:
        """Return whether the bot shows a value above 0 for a series, ``name{label="value"}``."""
        name, _, labels = series.rstrip("}").partition("{")
        return (await self._read()).get(name, {}).get(labels, 0) > 0

    async def scrape(self, *, up: bool = True, **shown: float) -> None:
        """Take the samples of this step; ``shown`` overrides samples without labels (``process_start_time_seconds``)."""
        samples = {"up": {"": float(up)}} if not up else {"up": {"": 1.0}, **await self._read()}
        for name, value in shown.items():
            samples[name] = {"": value}
        for name, by_labels in samples.items():
            for labels, value in by_labels.items():
                key = f"{name}{{{','.join(filter(None, (labels, _labels(JOB))))}}}"
                row = self._series.setdefault(key, [MISSING] * self._steps)
                row.append(repr(value))
        self._steps += 1
        for row in self._series.values():
            row.extend([MISSING] * (self._steps - len(row)))

    def fired(self, folder: Path, *, ever: bool = False) -> set[str]:
        """Return the names of the alerts that fire at the last step, or that fired at any where ``ever``."""
        active = 'group by (alertname) (ALERTS{alertstate="firing"})'
        query = f"group by (alertname) (count_over_time(({active})[{self._last}:]))" if ever else active
        (got,) = self._evaluate(folder, [query])
        return set(re.findall(r'alertname="(\w+)"', got))

    def without_data(self, folder: Path, queries: Mapping[str, str]) -> dict[str, str]:
        """Return those of the queries, by name, that find nothing at the last step."""
        got = self._evaluate(folder, list(queries.values()))
        return {name: query for (name, query), found in zip(queries.items(), got, strict=True) if "{" not in found}

    @property
    def _last(self) -> str:
        return f"{int((self._steps - 1) * self._step.total_seconds())}s"

    def _evaluate(self, folder: Path, queries: Sequence[str]) -> list[str]:
        """Return what promtool got for each query at the last step, as it prints samples."""
        step = f"{int(self._step.total_seconds())}s"
        # An expectation that nothing meets: promtool prints what it got in its place.
        nothing = [{"labels": '{alertname="none"}', "value": 1}]
        document = {
            "rule_files": [str(RULES)],
            "evaluation_interval": step,
            "tests": [
                {
                    "interval": step,
                    "input_series": [{"series": key, "values": " ".join(row)} for key, row in self._series.items()],
                    "promql_expr_test": [
                        {"expr": query, "eval_time": self._last, "exp_samples": nothing} for query in queries
                    ],
                }
            ],
        }
        file = folder / "promtool.yaml"
        file.write_text(json.dumps(document), encoding="utf-8")  # JSON is YAML
        run = subprocess.run(
            [promtool(), "test", "rules", str(file)], capture_output=True, text=True, check=False, timeout=120
        )
        lines = [line.strip() for line in (run.stdout + run.stderr).splitlines()]
        got = [line for line in lines if line.startswith("got:")]
        assert len(got) == len(queries), f"promtool did not evaluate everything:\n{run.stdout}\n{run.stderr}"
        return got

    async def _read(self) -> dict[str, dict[str, float]]:
        answer = await self._client.get("/metrics")
        assert answer.status_code == httpx.codes.OK
        samples: dict[str, dict[str, float]] = {}
        for family in text_string_to_metric_families(answer.text):
            for sample in family.samples:
                if not sample.name.startswith(("jarshy_", "process_")) or sample.name.endswith("_created"):
                    continue
                value = sample.value
                if sample.name.endswith("_timestamp_seconds") and value:
                    value -= self._began.timestamp()
                samples.setdefault(sample.name, {})[_labels(sample.labels)] = value
        return samples


def _labels(labels: Mapping[str, str]) -> str:
    return ",".join(f'{name}="{value}"' for name, value in sorted(labels.items()))
