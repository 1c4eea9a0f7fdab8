"""Life of an upload: a file with somebody's speech in it, from the browser to the run queue.

1. ``sessions_app/uploads/views.py`` takes consent, context and the file's name and size, and opens
   a speech (``sessions_app/uploads/receiving.py``). The file then comes in pieces, each a request
   of its own, small enough that no server puts it on a disk; they are kept in the vault beside
   captured speech. What is broken off goes on where it stopped.
2. When all of it is there, ``sessions_app/tasks.py`` has it carried on
   (``sessions_app/uploads/carrying.py``): a process of its own
   (``sessions_app/uploads/extraction.py``, ``sessions_app/uploads/worker.py``) tells by its first
   bytes what the file is (``sessions_app/uploads/core/containers.py``) and decodes its sound
   (``sessions_app/uploads/decoding.py``) to what captured speech is; that goes to the vault, the
   file itself is forgotten.
3. From there on it is a speech like any other: a run is queued, and what nobody saves is purged.
"""
