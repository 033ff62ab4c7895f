
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
