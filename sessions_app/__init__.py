"""Life of a chunk: 50 ms of somebody's voice, from the microphone to the vault and back as words.

In the browser:

1. ``static/js/worklets/capture.worklet.js`` resamples what the microphone gives to 16 kHz and cuts
   it into exact frames (``static/js/lib/resampler.js``, ``static/js/lib/framer.js``).
2. ``static/js/live/microphone.js`` hands them on; ``static/js/live/socket.js`` sends them and keeps
   what is not acknowledged (``static/js/lib/audio_backlog.js``).

On the server:

3. ``speechcoach/asgi.py`` lets the connection in, once: origin and ticket
   (``sessions_app/live/gates.py``, ``sessions_app/live/tickets.py``), then the route
   (``sessions_app/live/routing.py``).
4. ``sessions_app/live/consumer.py`` takes the frame without touching the database and gives it to
   the machine; where many sessions are open, in pieces of several
   (``sessions_app/core/gathering.py``), for each of which it is woken once
   (``speechcoach/low_water.py``).
5. ``sessions_app/core/machine.py`` decides, in microseconds and without I/O, what follows: effects
   (``sessions_app/core/effects.py``). ``sessions_app/core/recording.py`` checks the frame and its
   arrival (``sessions_app/core/audio.py``, ``sessions_app/core/arrival.py``) and listens for speech
   and silence, four times a second (``sessions_app/core/vad.py``, with
   ``sessions_app/detection/energy.py``).
6. ``sessions_app/live/recorder.py`` hands on at once what the vault takes at once, and queues the
   rest (``sessions_app/live/pump.py``), so that nothing slow is awaited on the way in.
7. ``sessions_app/vault/memory.py`` keeps the samples; what it keeps is acknowledged.
8. ``sessions_app/live/captions.py`` feeds the live transcription
   (``sessions_app/transcription/builtin/stream.py``, whose decoder works in
   ``sessions_app/transcription/builtin/worker.py``, a process of its own).

And back: what the engine hears goes through the machine, is merged by
``sessions_app/core/transcript.py`` into an update (``sessions_app/contract/messages.py``), written
by ``sessions_app/contract/wire.py``, sent by ``sessions_app/live/outbox.py``, reduced into the
page's state by ``static/js/live/state.js`` and shown by
``static/js/elements/live-captions.js``.

Beside all that ``sessions_app/live/meter.py`` measures what was kept and heard, second by second
(``sessions_app/core/bars.py``; their pitch by ``sessions_app/live/pitches.py``, for all sessions
together), into a ring (``sessions_app/stream/memory.py``) from which
``sessions_app/stream/broadcaster.py`` tells those who watch (``sessions_app/stream/views.py``).

After Stop, ``sessions_app/live/store.py`` queues an evaluation (see ``evaluations``), which reads
the audio through ``sessions_app/source.py``. ``sessions_app/purge.py`` forgets what nobody saved.
"""
