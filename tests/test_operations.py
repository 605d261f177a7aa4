"""What operators are given agrees with the program: metrics, dashboard, compose file, unit."""

import json
import re
from pathlib import Path

import prometheus_client
import pytest

from bot import metrics
from bot.app import Role

ROOT = Path(__file__).parents[1]
OPERATIONS = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
DASHBOARD = (ROOT / "docs/grafana.json").read_text(encoding="utf-8")
COMPOSE = (ROOT / "compose.yaml").read_text(encoding="utf-8")


def kept() -> dict[str, str]:
    """Return the names under which Prometheus sees what the program counts, with their kind."""
    found = {}
    for metric in vars(metrics).values():
        if isinstance(metric, prometheus_client.metrics.MetricWrapperBase):
            suffix = "_total" if metric._type == "counter" else ""
            found[metric._name + suffix] = metric._type
    return found


@pytest.mark.parametrize("name", kept())
def test_every_metric_is_explained_and_drawn(name):
    """It stands in the table of metrics and in the dashboard."""
    assert re.search(rf"^\| `{name}[`{{]", OPERATIONS, re.MULTILINE)
    assert name in DASHBOARD


def test_the_dashboard_draws_nothing_else():
    """Each query names metrics that exist, with the suffixes of their kind."""
    known = kept()
    for panel in json.loads(DASHBOARD)["panels"]:
        assert panel["targets"]
        for target in panel["targets"]:
            for name in re.findall(r"jarshy_\w+", target["expr"]):
                assert name in known or known.get(name.removesuffix("_bucket")) == "histogram", name


def test_every_alert_is_explained():
    """Each rule stands in the table of alerts, and the table names no other."""
    rules = set(re.findall(r"- alert: (\w+)", (ROOT / "docs/alerts.yaml").read_text(encoding="utf-8")))

    assert rules == set(re.findall(r"`(Jarshy[A-Z]\w+)`", OPERATIONS))


def test_roles_are_those_of_the_program():
    """Documents and compose file name roles that exist, and all of them run."""
    named = set(re.findall(r"--roles[, \"]+([a-z,]+)", COMPOSE))

    assert {role for names in named for role in names.split(",")} == set(Role)
    assert all(f"| `{role}` |" in OPERATIONS for role in Role)


def test_the_unit_restarts_what_may_recover_and_no_more():
    """A start that cannot succeed is not tried for ever; a stop has longer than the program takes."""
    unit = (ROOT / "docs/jarshy.service").read_text(encoding="utf-8")

    assert "RestartPreventExitStatus=2" in unit
    assert "StartLimitIntervalSec=0" in unit
    assert int(re.search(r"TimeoutStopSec=(\d+)", unit)[1]) > 10
