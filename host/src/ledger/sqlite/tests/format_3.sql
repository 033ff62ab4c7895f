-- Format 1 of the ledger. Rows of event, opening, head, object and meta never change: the triggers
-- say so to every program that opens the file, not only to this one.

-- `leaf` stands before `entry` so that leaves can be read without reading long rows to their end.
CREATE TABLE event (
  seq   INTEGER PRIMARY KEY,
  kind  TEXT NOT NULL CHECK (kind IN (
    'decision', 'effect-begun', 'effect-done', 'reviewed', 'escalated', 'expired', 'corrected',
    'rolled-back', 'published', 'set-proposed', 'set-approved', 'activated', 'rollout-step',
    'sampled', 'audited', 'erased', 'held', 'released')),
  at    TEXT NOT NULL CHECK (octet_length(at) >= 20),
  leaf  BLOB NOT NULL CHECK (length(leaf) = 32),
  entry TEXT NOT NULL
) STRICT;

-- The personal values of an event, apart from it, so that they can be destroyed while it stays.
CREATE TABLE opening (
  seq           INTEGER PRIMARY KEY REFERENCES event (seq),
  seed          BLOB NOT NULL CHECK (length(seed) = 32),
  sealed_values TEXT NOT NULL
) STRICT;

-- One row for each group that was committed: the root of the tree over the first `size` events, and
-- its peaks, from which the next group goes on without reading the events again.
CREATE TABLE head (
  size  INTEGER PRIMARY KEY CHECK (size > 0),
  root  BLOB NOT NULL CHECK (length(root) = 32),
  peaks BLOB NOT NULL CHECK (length(peaks) % 32 = 0 AND length(peaks) > 0),
  at    TEXT NOT NULL
) STRICT;

-- What decisions were made with: kept by digest, once.
CREATE TABLE object (
  digest BLOB PRIMARY KEY NOT NULL CHECK (length(digest) = 32),
  kind   TEXT NOT NULL CHECK (octet_length(kind) BETWEEN 1 AND 32),
  bytes  BLOB NOT NULL
) STRICT;

CREATE TABLE meta (
  key   TEXT PRIMARY KEY NOT NULL,
  value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- A view of the events of kind decision, for finding them; it can be rebuilt from them. The key is
-- `seq`, so rows are added at the end, and the index on `record` is in order of `seq` for each record.
CREATE TABLE decision (
  seq           INTEGER PRIMARY KEY REFERENCES event (seq),
  suggestion_id TEXT NOT NULL UNIQUE CHECK (octet_length(suggestion_id) > 0),
  record        BLOB NOT NULL CHECK (length(record) = 16),
  outcome       TEXT NOT NULL CHECK (outcome IN ('apply', 'review', 'human-only', 'reject')),
  decided_at    TEXT NOT NULL,
  set_digest    BLOB NOT NULL CHECK (length(set_digest) = 32),
  input_digest  BLOB NOT NULL CHECK (length(input_digest) = 32)
) STRICT;
CREATE INDEX decision_record ON decision (record);

-- Refusing a place that is taken also refuses INSERT OR REPLACE, which deletes without a trigger.
CREATE TRIGGER event_in_order BEFORE INSERT ON event
  WHEN NEW.seq <> (SELECT coalesce(max(seq) + 1, 0) FROM event)
  BEGIN SELECT RAISE(ABORT, 'events are added at the end'); END;
CREATE TRIGGER event_no_update BEFORE UPDATE ON event
  BEGIN SELECT RAISE(ABORT, 'event rows never change'); END;
CREATE TRIGGER event_no_delete BEFORE DELETE ON event
  BEGIN SELECT RAISE(ABORT, 'event rows never change'); END;

CREATE TRIGGER opening_once BEFORE INSERT ON opening
  WHEN NEW.seq <= (SELECT max(seq) FROM opening)
  BEGIN SELECT RAISE(ABORT, 'openings are added at the end'); END;
CREATE TRIGGER opening_no_update BEFORE UPDATE ON opening
  BEGIN SELECT RAISE(ABORT, 'opening rows never change'); END;
CREATE TRIGGER opening_no_delete BEFORE DELETE ON opening
  BEGIN SELECT RAISE(ABORT, 'opening rows never change'); END;

CREATE TRIGGER head_covers_all BEFORE INSERT ON head
  WHEN NEW.size <> (SELECT max(seq) + 1 FROM event) OR NEW.size <= (SELECT max(size) FROM head)
  BEGIN SELECT RAISE(ABORT, 'a head covers all events, and there is one for a size'); END;
CREATE TRIGGER head_no_update BEFORE UPDATE ON head
  BEGIN SELECT RAISE(ABORT, 'head rows never change'); END;
CREATE TRIGGER head_no_delete BEFORE DELETE ON head
  BEGIN SELECT RAISE(ABORT, 'head rows never change'); END;

CREATE TRIGGER object_once BEFORE INSERT ON object
  WHEN EXISTS (SELECT 1 FROM object WHERE digest = NEW.digest OR rowid = NEW.rowid)
  BEGIN SELECT RAISE(ABORT, 'object rows never change'); END;
CREATE TRIGGER object_no_update BEFORE UPDATE ON object
  BEGIN SELECT RAISE(ABORT, 'object rows never change'); END;
CREATE TRIGGER object_no_delete BEFORE DELETE ON object
  BEGIN SELECT RAISE(ABORT, 'object rows never change'); END;

CREATE TRIGGER meta_once BEFORE INSERT ON meta
  WHEN EXISTS (SELECT 1 FROM meta WHERE key = NEW.key)
  BEGIN SELECT RAISE(ABORT, 'meta rows never change'); END;
CREATE TRIGGER meta_no_update BEFORE UPDATE ON meta
  BEGIN SELECT RAISE(ABORT, 'meta rows never change'); END;
CREATE TRIGGER meta_no_delete BEFORE DELETE ON meta
  BEGIN SELECT RAISE(ABORT, 'meta rows never change'); END;

-- A view of the events in which people judged suggestions, for finding what they said last; it can be rebuilt from them.
CREATE TABLE judged (
  seq           INTEGER PRIMARY KEY REFERENCES event (seq),
  suggestion_id TEXT NOT NULL CHECK (octet_length(suggestion_id) > 0),
  truth         TEXT NOT NULL CHECK (truth IN ('approve', 'reject'))
) STRICT;
CREATE INDEX judged_suggestion ON judged (suggestion_id);

-- The roots of the complete subtrees of 256^level events, so that a proof reads few of them; they can be computed again
-- from the leaves. A row is added with the event that completes its subtree.
CREATE TABLE subtree (
  level  INTEGER NOT NULL CHECK (level BETWEEN 1 AND 7),
  number INTEGER NOT NULL,
  root   BLOB NOT NULL CHECK (length(root) = 32),
  PRIMARY KEY (level, number)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER subtree_in_order BEFORE INSERT ON subtree
  WHEN NEW.number <> (SELECT coalesce(max(number) + 1, 0) FROM subtree WHERE level = NEW.level)
  BEGIN SELECT RAISE(ABORT, 'subtrees are added at the end of their level'); END;
CREATE TRIGGER subtree_no_update BEFORE UPDATE ON subtree
  BEGIN SELECT RAISE(ABORT, 'subtree rows never change'); END;
CREATE TRIGGER subtree_no_delete BEFORE DELETE ON subtree
  BEGIN SELECT RAISE(ABORT, 'subtree rows never change'); END;

-- The few events that say how a policy came into force. Written with OR, because SQLite proves `kind = …` from that alone.
CREATE INDEX event_of_policy ON event (kind)
  WHERE kind = 'published' OR kind = 'set-approved' OR kind = 'activated';
