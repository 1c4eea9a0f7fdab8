"""Life of an evaluation: from a recording in the vault to remarks that quote it, spoken.

1. ``evaluations/tasks.py`` is told a club, a speech and a run. ``evaluations/claims.py`` takes it
   by compare-and-set, ``evaluations/heartbeat.py`` says that it is in good hands, and
   ``evaluations/reaper.py`` finds it where it is not. ``evaluations/runner.py`` carries it through
   the stages of ``evaluations/pipeline.py``, storing each result (``evaluations/models.py``; once
   the database is back, ``evaluations/lasting.py``) before the next stage begins. A run whose
   speech has moved on commits nothing more. Voices have a task of their own.
2. *transcript*: the final words, from the engine that the composition root has chosen.
3. *metrics*: ``evaluations/core/series.py`` (level and, with ``evaluations/core/pitch.py``, F0) and
   the words make ``evaluations/core/metrics.py``.
4. *draft*: ``evaluations/drafting.py`` asks an evaluator to find what was done well and what to
   try, and to quote it: where there is a key ``evaluations/evaluator/openai/calling.py``, within a
   deadline; else, or if that fails, ``evaluations/evaluator/builtin/compose.py``.
5. *evidence*: ``evaluations/core/evidence.py`` lets through only quotes that stand in the
   transcript, and ``evaluations/core/quotations.py`` nothing else in quotation marks. A vendor may
   put its draft right once.
6. *tone*: ``evaluations/core/tone.py`` takes out what an evaluation must not say. What too few
   remarks survive is filled up by the built-in evaluator.
7. *script*: ``evaluations/core/script.py`` fits it to the time limit; what is shown is what is
   spoken.
8. *roles*: those that are active report (``evaluations/roles/registry.py``).
9. *speech*: ``evaluations/speaking.py`` has a voice say the script
   (``evaluations/speech/openai.py``, else ``evaluations/speech/builtin/choice.py``);
   ``evaluations/speech/encoding.py`` makes a file of it.
10. *outputs*: ``evaluations/core/rendering.py`` writes the files; ``evaluations/outputs.py`` reads
    and keeps them.

After each step ``evaluations/notify.py`` nudges whoever watches; what changed is read from the row.
"""
