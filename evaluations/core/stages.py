"""What people see of an evaluation on its way."""

from enum import StrEnum


class ShownStage(StrEnum):
    PROCESSING_SPEECH = "processing_speech"
    GENERATING_EVALUATION = "generating_evaluation"
    SYNTHESIZING_AUDIO = "synthesizing_audio"
    READY = "ready"
    FAILED = "failed"
    INVALIDATED = "invalidated"
