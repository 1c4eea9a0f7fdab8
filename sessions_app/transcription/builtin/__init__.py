"""Transcription without a key or a network: pocketsphinx, in processes of its own.

The decoder holds the interpreter's lock for tens of milliseconds at a time, so it never runs in
the server's process::

    stream.py, final.py → pool.py → process.py ══frames══▶ worker.py → recogniser.py → cutter.py
"""
