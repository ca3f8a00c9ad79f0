-- Two time axes live in this file. `*_at_ms` is wall-clock time, for people. `*_due_ms`, `*_ended_ms`, `*_until_ms`
-- and `first_ms` are on the store's own clock (see store-clock.ts), which never goes back.

CREATE TABLE meta (
  key   TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- A channel that changes its provider is another channel: the log keeps what was true when it was written.
CREATE TABLE channel (
  id       INTEGER PRIMARY KEY,
  name     TEXT NOT NULL,
  provider TEXT NOT NULL,
  UNIQUE (name, provider)
) STRICT;

-- Windows and pauses belong to the endpoint: two channels on one URL share them. Only a hash of the URL is kept.
CREATE TABLE endpoint (
  id              INTEGER PRIMARY KEY,
  hash            TEXT NOT NULL UNIQUE,
  provider        TEXT NOT NULL,
  paused_until_ms INTEGER NOT NULL DEFAULT 0,
  pause_reason    TEXT,
  -- rate limits met one after the other: their pauses may grow
  limits_in_a_row INTEGER NOT NULL DEFAULT 0,
  -- the platform said that the endpoint is gone; nothing is sent there until the URL changes or a person resumes it
  stopped_at_ms   INTEGER,
  stop_reason     TEXT,
  -- answers in a row that may mean that it is gone, and when the first of them came
  suspicions      INTEGER NOT NULL DEFAULT 0,
  suspected_ms    INTEGER
) STRICT;

CREATE TABLE message (
  seq           INTEGER PRIMARY KEY,
  id            TEXT NOT NULL UNIQUE,
  request_id    TEXT,
  msg_type      TEXT NOT NULL,
  text          TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL
) STRICT;

-- status: 0 queued, 1 sending, 2 retrying, 3 delivered, 4 failed, 5 between two parts of a split text
CREATE TABLE delivery (
  id              INTEGER PRIMARY KEY,
  message_seq     INTEGER NOT NULL,
  channel_id      INTEGER NOT NULL,
  status          INTEGER NOT NULL DEFAULT 0,
  attempt_due_ms  INTEGER,
  retries_used    INTEGER NOT NULL DEFAULT 0,
  attempt_count   INTEGER NOT NULL DEFAULT 0,
  part_index      INTEGER NOT NULL DEFAULT 0,
  -- an attempt for the present part ended `unknown`, so the next one may be a copy
  maybe_sent      INTEGER NOT NULL DEFAULT 0,
  finished_at_ms  INTEGER,
  error           TEXT
) STRICT;
CREATE INDEX delivery_of_message ON delivery (message_seq);
-- An open delivery is in exactly one of these; a finished one in none, so that they stay small however long the log grows.
CREATE INDEX delivery_queued ON delivery (channel_id, id) WHERE status = 0;
CREATE INDEX delivery_sending ON delivery (channel_id) WHERE status = 1;
CREATE INDEX delivery_due ON delivery (channel_id, attempt_due_ms, id) WHERE status IN (2, 5);
CREATE INDEX delivery_failed ON delivery (message_seq) WHERE status = 4;

-- Written before the first byte of the request leaves; `outcome` is null until its end is known.
CREATE TABLE attempt (
  id                 INTEGER PRIMARY KEY,
  delivery_id        INTEGER NOT NULL,
  endpoint_id        INTEGER NOT NULL,
  number             INTEGER NOT NULL,
  part_index         INTEGER NOT NULL,
  possible_duplicate INTEGER NOT NULL,
  started_at_ms      INTEGER NOT NULL,
  duration_ms        REAL,
  outcome            TEXT,
  http_status        INTEGER,
  platform_code      TEXT,
  response           TEXT,
  error              TEXT
) STRICT;
CREATE INDEX attempt_of_delivery ON attempt (delivery_id);

-- Requests that still count in a window: ended_ms is null while in flight.
CREATE TABLE slot (
  attempt_id  INTEGER PRIMARY KEY,
  endpoint_id INTEGER NOT NULL,
  ended_ms    INTEGER
) STRICT;
CREATE INDEX slot_of_endpoint ON slot (endpoint_id, ended_ms);

CREATE TABLE idempotency (
  key         TEXT PRIMARY KEY,
  message_seq INTEGER NOT NULL,
  first_ms    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_age ON idempotency (first_ms);
