"""Steps of a session through its rows whose outcome the machine hears."""

import contextlib
import time

from sessions_app.contract.messages import Consent
from sessions_app.core.effects import RequestEvaluation
from sessions_app.core.machine import SessionMachine
from sessions_app.core.setup import Setup
from sessions_app.live.recorder import Recorder
from sessions_app.live.store import SessionStore
from speechcoach.errors import ProductError


async def request_evaluation(
    machine: SessionMachine,
    store: SessionStore,
    asked: RequestEvaluation,
    setup: Setup,
    live_engine: str,
) -> None:
    """Queue a run; what goes wrong is raised."""
    try:
        await store.request_evaluation(asked, setup, live_engine)
    except Exception:
        machine.request_failed(asked.run_id)
        raise


async def load_delivery(machine: SessionMachine, store: SessionStore, run_id: int) -> None:
    """Load what Deliver asks for, or say why it is not there."""
    try:
        delivery = await store.delivery(run_id)
    except ProductError as error:
        machine.delivery_failed(run_id, error.sentence)
    else:
        machine.delivery_loaded(delivery, time.monotonic())


async def show_evaluation(machine: SessionMachine, store: SessionStore, run_id: int) -> None:
    """Load what was delivered for a page that is back, if it is still there."""
    with contextlib.suppress(ProductError):
        machine.shown_again(await store.delivery(run_id))


async def keep_outputs(machine: SessionMachine, store: SessionStore, run_id: int) -> None:
    """Save what was delivered for good, or say why that cannot be."""
    try:
        saved = await store.keep_outputs(run_id, machine.setup.notes)
    except ProductError as error:
        machine.step_failed(error.sentence)
    else:
        machine.outputs_saved(run_id, saved)


async def erase(
    machine: SessionMachine, store: SessionStore, recorder: Recorder, consent: Consent
) -> None:
    """Forget the audio, then everything else of the speech."""
    await recorder.erase()
    await store.erase(consent)
    machine.erased(time.monotonic())
