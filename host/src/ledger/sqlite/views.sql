-- Views: each row repeats what events say, to find it by. All of it can be dropped and built again from them.

-- Decisions. `seq` is the key, so rows are added at the end, and the index on `record` is in order of `seq` for each record.
-- What could tell whom a decision was about goes with the values when they are destroyed.
CREATE TABLE decision (
  seq           INTEGER PRIMARY KEY REFERENCES event (seq),
  suggestion_id TEXT NOT NULL UNIQUE CHECK (octet_length(suggestion_id) > 0),
  record        BLOB CHECK (length(record) = 16),
  outcome       TEXT NOT NULL CHECK (outcome IN ('apply', 'review', 'human-only', 'reject')),
  decided_at    TEXT NOT NULL,
  set_digest    BLOB NOT NULL CHECK (length(set_digest) = 32),
  input_digest  BLOB CHECK (length(input_digest) = 32),
  CHECK ((record IS NULL) = (input_digest IS NULL))
) STRICT;
CREATE INDEX decision_record ON decision (record) WHERE record IS NOT NULL;

-- What was done about suggestions after their decision, and what people said of them.
CREATE TABLE follow_up (
  seq           INTEGER PRIMARY KEY REFERENCES event (seq),
  suggestion_id TEXT NOT NULL CHECK (octet_length(suggestion_id) > 0),
  truth         TEXT CHECK (truth IN ('approve', 'reject'))
) STRICT;
CREATE INDEX follow_up_suggestion ON follow_up (suggestion_id);

-- Records that an event is about beside the one that its decision would change: those to merge with, and those on hold.
CREATE TABLE mention (
  record BLOB NOT NULL CHECK (length(record) = 16),
  seq    INTEGER NOT NULL REFERENCES event (seq),
  PRIMARY KEY (record, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX mention_seq ON mention (seq);

-- Legal holds in force: of one record, or of everything.
CREATE TABLE hold (
  seq    INTEGER PRIMARY KEY REFERENCES event (seq),
  record BLOB CHECK (length(record) = 16)
) STRICT;

-- Tokens that were not revoked, by the digest of their text. When they expire stands in their events.
CREATE TABLE token (
  seq    INTEGER PRIMARY KEY REFERENCES event (seq),
  digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32)
) STRICT;

-- Events whose values were destroyed, and the event that says so.
CREATE TABLE destroyed (
  seq INTEGER PRIMARY KEY REFERENCES event (seq),
  by  INTEGER NOT NULL REFERENCES event (seq) CHECK (by > seq)
) STRICT;
CREATE INDEX destroyed_by ON destroyed (by);
CREATE TRIGGER destroyed_by_event BEFORE INSERT ON destroyed
  WHEN NOT EXISTS (SELECT 1 FROM event WHERE seq = NEW.by AND kind = 'erased')
  BEGIN SELECT RAISE(ABORT, 'values are destroyed by an event that says so'); END;

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
  WHERE kind = 'published' OR kind = 'yanked' OR kind = 'set-proposed' OR kind = 'set-approved' OR kind = 'activated'
    OR kind = 'rollout-step';
