"""How a worker is: /health for those who restart it, /metrics for Prometheus."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

from pellucid.errors import CallError, MissingExtraError

try:
    from aiohttp import web
    from prometheus_client import CollectorRegistry, PlatformCollector, ProcessCollector
    from prometheus_client.exposition import choose_encoder
    from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
    from prometheus_client.registry import Collector
except ImportError as error:
    missing = 'health needs aiohttp and prometheus-client: pip install "pellucid[call]"'
    raise MissingExtraError(missing) from error

from pellucid.call.tally import Counts, Tally

COUNTERS = {  # name: (help, attribute of `Counts`)
    "pellucid_frames": ("Pictures that came, of calls that are enhanced.", "frames"),
    "pellucid_enlarged": ("Pictures made twice as large.", "enlarged"),
    "pellucid_late": ("Pictures that took longer than their budget.", "late"),
    "pellucid_replaced": ("Pictures left out because a newer one came first.", "replaced"),
    "pellucid_enlarging_seconds": ("Time spent on enlarging.", "seconds"),
    "pellucid_heard": ("Pieces of 20 ms while somebody spoke.", "heard"),
    "pellucid_concealed": ("Of these, pieces that were lost and concealed.", "concealed"),
    "pellucid_lost_packets": ("Packets of sound that were not there in their turn.", "lost"),
}
SHARES = {
    "pellucid_reused_share": ("Of pictures, what was not computed again.", "reused_share"),
    "pellucid_concealed_share": ("Of what was heard, what was concealed.", "concealed_share"),
}


class TallyCollector(Collector):
    """Gives Prometheus what a tally counts, as of when it asks."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally

    def collect(self) -> Iterator[Metric]:
        """All metrics, once."""
        tally, counts = self._tally, self._tally.counts
        for name, (text, attribute) in COUNTERS.items():
            yield CounterMetricFamily(name, text, getattr(counts, attribute))
        for name, (text, attribute) in SHARES.items():
            yield GaugeMetricFamily(name, text, getattr(counts, attribute))
        yield _by_reason(counts)
        yield GaugeMetricFamily("pellucid_calls", "Calls that go on.", len(tally.live))
        yield CounterMetricFamily("pellucid_calls_begun", "Calls begun.", tally.calls)
        yield GaugeMetricFamily("pellucid_in_room", "1 while it is in its room.", tally.in_room)
        yield CounterMetricFamily("pellucid_reconnects", "Times it came back.", tally.reconnects)


def _by_reason(counts: Counts) -> Metric:
    text = "Pictures by why they went the way they did."
    family = CounterMetricFamily("pellucid_frames_by_reason", text, labels=["reason"])
    for reason, count in sorted(counts.reasons.items()):
        family.add_metric([reason], count)
    return family


def application(tally: Tally) -> web.Application:
    """Serves /health and /metrics."""
    registry = CollectorRegistry()
    registry.register(TallyCollector(tally))
    ProcessCollector(registry=registry)  # memory, processor time, open files
    PlatformCollector(registry=registry)

    async def health(request: web.Request) -> web.Response:
        status = 200 if tally.in_room else 503
        told = {"in_room": tally.in_room, "calls": len(tally.live), "reconnects": tally.reconnects}
        return web.json_response(told, status=status)

    async def metrics(request: web.Request) -> web.Response:
        encode, kind = choose_encoder(request.headers.get("Accept", ""))
        return web.Response(body=encode(registry), headers={"Content-Type": kind})

    app = web.Application()
    app.add_routes([web.get("/health", health), web.get("/metrics", metrics)])
    return app


@asynccontextmanager
async def serving(tally: Tally, host: str, port: int) -> AsyncIterator[int]:
    """Serve meanwhile; gives the port, which the system chooses for port 0. Raises CallError where
    the address cannot be had.
    """
    runner = web.AppRunner(application(tally), access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    try:
        await _listen(runner, host, port)
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


async def _listen(runner: web.AppRunner, host: str, port: int) -> None:
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        raise CallError(f"health: expected an address that is free, got {host}:{port}") from error
