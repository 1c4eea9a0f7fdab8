"""A stream lasts as long as a speech, and the thread of its request has nothing to do meanwhile."""

from asgiref.sync import SyncToAsync


def release() -> None:
    """End the thread that ran this request's middleware and queries.

    Every request under ASGI gets one for what is synchronous, until its response is complete
    (``asgiref.sync.ThreadSensitiveContext``). What needs one later gets another.
    """
    context = SyncToAsync.thread_sensitive_context.get(None)
    if context is None:
        return
    executor = SyncToAsync.context_to_thread_executor.pop(context, None)
    if executor is not None:
        # Its connection to the database was closed with the last query, in its own thread.
        executor.shutdown(wait=False)
