"""What ``/metrics`` says, read as Prometheus reads it."""

from urllib.request import urlopen

from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

Figures = dict[tuple[str, ...], float]


def figures(token: str = "") -> Figures:
    """Of this process: values by name and values of labels, in the order of the labels' names."""
    headers = {"authorization": f"Bearer {token}"} if token else {}
    response = Client().get("/metrics", headers=headers)
    assert response.status_code == 200, response.status_code
    return read(response.content.decode())


def figures_at(address: str) -> Figures:
    """Of a server in demo mode."""
    with urlopen(f"{address}/metrics") as response:
        return read(response.read().decode())


def read(text: str) -> Figures:
    """As :func:`figures`, of what was answered."""
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
