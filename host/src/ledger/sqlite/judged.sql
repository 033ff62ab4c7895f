
-- A view of the events in which people judged suggestions, for finding what they said last; it can be rebuilt from them.
CREATE TABLE judged (
  seq           INTEGER PRIMARY KEY REFERENCES event (seq),
  suggestion_id TEXT NOT NULL CHECK (octet_length(suggestion_id) > 0),
  truth         TEXT NOT NULL CHECK (truth IN ('approve', 'reject'))
) STRICT;
CREATE INDEX judged_suggestion ON judged (suggestion_id);
