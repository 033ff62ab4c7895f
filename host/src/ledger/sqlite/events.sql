-- What the ledger holds. Rows of these tables never change: the triggers say so to every program that opens the file, not
-- only to this one. The one exception are the values of events that an `erased` event lists.

-- `leaf` stands before `entry` so that leaves can be read without reading long rows to their end. An entry is its text, or
-- that text as a frame of zstd that names a dictionary.
CREATE TABLE event (
  seq   INTEGER PRIMARY KEY,
  kind  TEXT NOT NULL CHECK (kind IN (
    'decision', 'effect-begun', 'effect-done', 'reviewed', 'escalated', 'expired', 'corrected',
    'rolled-back', 'published', 'set-proposed', 'set-approved', 'activated', 'rollout-step',
    'sampled', 'audited', 'erased', 'held', 'released', 'token-created', 'token-revoked', 'yanked')),
  at    TEXT NOT NULL CHECK (octet_length(at) >= 20),
  leaf  BLOB NOT NULL CHECK (length(leaf) = 32),
  entry ANY  NOT NULL CHECK (typeof(entry) IN ('text', 'blob'))
) STRICT;

-- The personal values of an event, apart from it, so that they can be destroyed while it stays. Stored as an entry is.
CREATE TABLE opening (
  seq           INTEGER PRIMARY KEY REFERENCES event (seq),
  seed          BLOB NOT NULL CHECK (length(seed) = 32),
  sealed_values ANY NOT NULL CHECK (typeof(sealed_values) IN ('text', 'blob'))
) STRICT;

-- What rows are packed with. Nothing stands in a dictionary that says something of a person: see ledger/codec.
CREATE TABLE dictionary (
  number INTEGER PRIMARY KEY,
  purpose TEXT NOT NULL CHECK (purpose IN ('entries', 'values')),
  since  INTEGER NOT NULL CHECK (since > 0),
  digest BLOB NOT NULL CHECK (length(digest) = 32),
  bytes  BLOB NOT NULL
) STRICT;

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
  WHEN NOT EXISTS (SELECT 1 FROM destroyed WHERE seq = OLD.seq)
  BEGIN SELECT RAISE(ABORT, 'opening rows never change'); END;
CREATE TRIGGER opening_no_delete BEFORE DELETE ON opening
  WHEN NOT EXISTS (SELECT 1 FROM destroyed WHERE seq = OLD.seq)
  BEGIN SELECT RAISE(ABORT, 'opening rows never change'); END;

CREATE TRIGGER dictionary_once BEFORE INSERT ON dictionary
  WHEN EXISTS (SELECT 1 FROM dictionary WHERE number = NEW.number)
  BEGIN SELECT RAISE(ABORT, 'dictionary rows never change'); END;
CREATE TRIGGER dictionary_no_update BEFORE UPDATE ON dictionary
  BEGIN SELECT RAISE(ABORT, 'dictionary rows never change'); END;
CREATE TRIGGER dictionary_no_delete BEFORE DELETE ON dictionary
  BEGIN SELECT RAISE(ABORT, 'dictionary rows never change'); END;
