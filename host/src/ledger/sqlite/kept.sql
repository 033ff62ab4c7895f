-- What stands beside the events: rows of these tables never change either.

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

