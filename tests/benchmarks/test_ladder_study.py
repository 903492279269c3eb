import json

import numpy as np
import pytest

from benchmarks.ladder_study import Found, Row, gains, layer_nats, principal, study
from causal_explorer.metrics.importance import Importance


def found(name, nats):
    each = np.array([nats - 1, nats, nats + 1.0])
    bounds = {1: Importance(each - 5, 1), 100: Importance(each, 100)}
    points = [np.zeros((3, 2)), np.zeros((3, 2))]
    kl = [np.array([1.0, 0.0]), np.array([0.5])]
    return Found(Row(name, {}, -100.0), bounds, kl, [1, 1], points, [{"images": 5.0}])


def test_a_study_holds_every_row_and_is_json():
    rows = [found("VAE", -80.0), found("LVAE", -70.0)]
    kept = json.loads(json.dumps(study(rows, np.array([0, 1, 2]), "command", "some sprites")))
    assert kept["series"]["active_units"] == {"VAE": [1, 1], "LVAE": [1, 1]}
    by_name = {metric["name"]: metric for metric in kept["metrics"]}
    assert by_name["VAE: log p(x)"]["ours"] == -80
    assert by_name["VAE: log p(x)"]["paper"] == -100
    assert by_name["LVAE above VAE"]["ours"] == 10
    assert all(
        {"name", "ours", "paper", "unit", "data", "note"} == set(m) for m in by_name.values()
    )


def test_gains_are_between_rows_in_order():
    rows = [found("VAE", -80.0), found("+BN", -75.0), found("LVAE", -76.0)]
    assert [gain for _, gain, _ in gains(rows)] == [5, -1]


def test_principal_components_are_found_in_order():
    """Points on a line have one component, with their distances kept."""
    along = np.linspace(-1, 1, 9)[:, None]
    first = principal(along * [3.0, 0, 4.0])
    np.testing.assert_allclose(np.abs(first[:, 0]), np.abs(5 * along[:, 0]), atol=1e-12)
    np.testing.assert_allclose(first[:, 1], 0, atol=1e-12)
    assert principal(along).shape == (9, 2)


def test_layers_are_followed_where_there_was_a_look():
    lines = [{"images": 1}, {"images": 2, "validation_loss": 9, "kl_1_nats": 3, "kl_2_nats": 4}]
    kept = layer_nats([json.dumps(line) for line in lines], 2)
    assert kept == [{"images": 2, "kl_1_nats": 3, "kl_2_nats": 4}]
    with pytest.raises(KeyError):
        layer_nats([json.dumps(lines[1])], 3)
