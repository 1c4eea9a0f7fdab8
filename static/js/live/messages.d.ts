// Made by `manage.py contract --write` from sessions_app/contract/messages.py. Types only: nothing
// loads this file at run time. JSDoc imports it as "./messages.d.ts", because collectstatic looks
// for every imported file, in comments too.

/** Samples that would survive the loss of this server process. */
export interface AudioAck {
  type: "audio_ack";
  receivedSamples: number;
}

/** Refused: audio is sent as binary frames. */
export interface AudioChunk {
  type: "audio_chunk";
}

export interface AudioFormatError {
  type: "audio_format_error";
  message: string;
}

export interface AudioFormatMessage {
  type: "audio_format";
  channels: 1;
  sampleRate: 16000;
  encoding: "LINEAR16";
}

export interface AudioHealthMessage {
  type: "audio_health";
  kind: "muted" | "clipping" | "noisy" | "ok";
  message: string;
}

/** Practice mode only; at most one of a kind in 30 s. */
export interface CoachingCue {
  type: "coaching_cue";
  cueType: "too_fast" | "too_slow" | "fillers" | "silence";
  message: string;
  timestamp: number;
}

export interface Consent {
  speakerName: string;
  consentConfirmed: boolean;
  consentTimestamp: string;
}

export interface ConsentStatus {
  type: "consent_status";
  consent: Consent | null;
}

export interface DataPurged {
  type: "data_purged";
  reason: "opt_out" | "auto_purge";
}

export interface DeliverEvaluation {
  type: "deliver_evaluation";
}

/** How long the spoken evaluation will take: a guess until its script is known. */
export interface DurationEstimate {
  type: "duration_estimate";
  estimatedSeconds: number;
  timeLimitSeconds: number;
}

export interface ElapsedTime {
  type: "elapsed_time";
  seconds: number;
}

export interface EngineNames {
  live: string;
  final: string;
  evaluation: string;
  speech: string;
}

export interface ErrorMessage {
  type: "error";
  message: string;
  recoverable: boolean;
}

/** An evaluation as it is stored and sent. Styles add `style_items`. */
export interface Evaluation {
  opening: string;
  items: Item[];
  closing: string;
  structure_commentary: StructureCommentary;
  evaluation_style: string | null;
  style_items: Record<string, string | number>[] | null;
  category_scores: Record<string, number> | null;
}

export interface EvaluationReady {
  type: "evaluation_ready";
  evaluation: Evaluation;
  script: string;
}

/** One remark of an evaluation; the quote stands in the transcript, or it is not delivered. */
export interface Item {
  type: "commendation" | "recommendation";
  summary: string;
  explanation: string;
  evidence_quote: string;
  evidence_timestamp: number;
}

export interface OutputFile {
  name: string;
  content: string;
  encoding: "utf-8" | "base64";
}

export interface OutputsSaved {
  type: "outputs_saved";
  paths: string[];
  files: OutputFile[];
}

export interface PanicMute {
  type: "panic_mute";
}

export interface PipelineProgress {
  type: "pipeline_progress";
  stage: ShownStage;
  runId: number;
  message: string | null;
  engines: EngineNames | null;
}

export interface PlaybackFinished {
  type: "playback_finished";
}

/** Evaluate what was captured before a panic or a lost page, as if it had been stopped. */
export interface ProcessCaptured {
  type: "process_captured";
}

export interface ReplayTts {
  type: "replay_tts";
}

/** Everything of this speech is erased at once, saved outputs included. */
export interface RevokeConsent {
  type: "revoke_consent";
}

export interface RoleReport {
  title: string;
  sections: RoleSection[];
}

/** What a meeting role has to say about a speech; `script` is how it is spoken. */
export interface RoleResult {
  roleId: string;
  roleName: string;
  report: RoleReport;
  script: string;
}

export interface RoleResults {
  type: "role_results";
  results: RoleResult[];
}

export interface RoleSection {
  heading: string;
  content: string;
}

export interface SaveOutputs {
  type: "save_outputs";
}

/** One utterance. `isFinal` says that its words will not change any more. */
export interface Segment {
  text: string;
  startTime: number;
  endTime: number;
  words: Word[];
  isFinal: boolean;
  speakerId: string | null;
}

export interface SessionInfo {
  type: "session_info";
  sessionId: string;
  engines: EngineNames;
  limits: SessionLimits;
  resumeWindowSeconds: number;
  capturedSamples: number;
  notes: string;
}

export interface SessionLimits {
  maxSpeechSeconds: number;
  maxFrameBytes: number;
  maxLeadSeconds: number;
}

/** The session goes on here; the client sends again what follows `receivedSamples`. */
export interface SessionResumed {
  type: "session_resumed";
  sessionId: string;
  receivedSamples: number;
}

export type SessionState = "idle" | "recording" | "processing" | "delivering";

export interface SetActiveRoles {
  type: "set_active_roles";
  roleIds: string[];
}

export interface SetConsent {
  type: "set_consent";
  speakerName: string;
  consentConfirmed: boolean;
}

export interface SetEvaluationStyle {
  type: "set_evaluation_style";
  style: string;
}

export interface SetNotes {
  type: "set_notes";
  notes: string;
}

export interface SetProjectContext {
  type: "set_project_context";
  speechTitle: string;
  projectType: string;
  objectives: string[];
}

export interface SetSessionMode {
  type: "set_session_mode";
  mode: "live" | "practice";
}

export interface SetTimeLimit {
  type: "set_time_limit";
  seconds: number;
}

export interface SetVadConfig {
  type: "set_vad_config";
  silenceThresholdSeconds: number;
  enabled: boolean;
}

export type ShownStage = "processing_speech" | "generating_evaluation" | "synthesizing_audio" | "ready" | "failed" | "invalidated";

export interface StartRecording {
  type: "start_recording";
}

export interface StateChange {
  type: "state_change";
  state: SessionState;
}

export interface StopRecording {
  type: "stop_recording";
}

export interface StructureCommentary {
  opening_comment: string | null;
  body_comment: string | null;
  closing_comment: string | null;
}

/** The client replaces its segments from `replaceFromIndex` on by these. */
export interface TranscriptUpdate {
  type: "transcript_update";
  segments: Segment[];
  replaceFromIndex: number;
}

export interface TranscriptionStatus {
  type: "transcription_status";
  status: "reconnecting" | "reconnected" | "failed";
  engine: string | null;
}

export interface TtsComplete {
  type: "tts_complete";
}

export interface VadSpeechEnd {
  type: "vad_speech_end";
  silenceDurationSeconds: number;
}

export interface VadStatusMessage {
  type: "vad_status";
  energy: number;
  isSpeech: boolean;
}

export interface Word {
  word: string;
  startTime: number;
  endTime: number;
  confidence: number;
  speakerId: string | null;
}

export type ClientMessage =
  | AudioFormatMessage
  | StartRecording
  | AudioChunk
  | StopRecording
  | DeliverEvaluation
  | SaveOutputs
  | PanicMute
  | SetProjectContext
  | SetVadConfig
  | SetConsent
  | RevokeConsent
  | SetTimeLimit
  | SetEvaluationStyle
  | SetActiveRoles
  | SetSessionMode
  | SetNotes
  | ReplayTts
  | ProcessCaptured
  | PlaybackFinished;

export type ServerMessage =
  | StateChange
  | TranscriptUpdate
  | ElapsedTime
  | EvaluationReady
  | TtsComplete
  | OutputsSaved
  | ErrorMessage
  | AudioFormatError
  | VadSpeechEnd
  | VadStatusMessage
  | DataPurged
  | SessionInfo
  | SessionResumed
  | AudioAck
  | ConsentStatus
  | PipelineProgress
  | DurationEstimate
  | AudioHealthMessage
  | CoachingCue
  | RoleResults
  | TranscriptionStatus;
