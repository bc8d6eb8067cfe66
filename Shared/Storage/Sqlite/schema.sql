-- The embedded store, version 1 (PRAGMA user_version).
-- One row per stored piece of a trace. Ids ascend in the order of storing, so that retention takes pieces away from the front.
CREATE TABLE piece (
    id INTEGER PRIMARY KEY,
    trace_id BLOB NOT NULL,            -- 16 bytes
    stored_at INTEGER NOT NULL,        -- milliseconds since the Unix epoch
    is_late INTEGER NOT NULL,
    rule TEXT NOT NULL,
    reason TEXT NOT NULL,
    threshold INTEGER,                 -- 56-bit rejection threshold; null: unknown
    tenant TEXT NOT NULL,
    spans BLOB NOT NULL                -- the three arrays that KeptTrace.avsc ends with: resources, scopes, spans
);
CREATE INDEX piece_of_trace ON piece (trace_id);

-- Each span exactly once. The hash covers kind, content, resource and scope.
CREATE TABLE span_key (
    trace_id BLOB NOT NULL,
    span_id INTEGER NOT NULL,
    hash INTEGER NOT NULL,
    piece_id INTEGER NOT NULL,
    PRIMARY KEY (trace_id, span_id, hash)
) WITHOUT ROWID;

-- What pieces are searched by: 0 for all, else a service (operation null) or a service and operation.
CREATE TABLE search_key (
    id INTEGER PRIMARY KEY,
    service TEXT NOT NULL,
    operation TEXT,
    kinds INTEGER NOT NULL             -- bit n set: spans of kind n were seen
);
CREATE INDEX search_key_of_service ON search_key (service);

-- Pieces by search key, newest first. Times in nanoseconds; they bound the spans of this piece under this key.
CREATE TABLE piece_search (
    key_id INTEGER NOT NULL,
    start_max INTEGER NOT NULL,
    piece_id INTEGER NOT NULL,
    start_min INTEGER NOT NULL,
    duration_min INTEGER NOT NULL,
    duration_max INTEGER NOT NULL,
    PRIMARY KEY (key_id, start_max, piece_id)
) WITHOUT ROWID;
CREATE INDEX piece_search_of_piece ON piece_search (piece_id);

-- Hashes of the distinct key=value pairs of a piece, as words; rowid is the piece's id.
CREATE VIRTUAL TABLE piece_tag USING fts5(pairs, content='', contentless_delete=1, detail=none, tokenize='ascii');
-- Segments are merged eight at a time in place of four: measured, 8 % more spans a second, and searches no slower.
INSERT INTO piece_tag(piece_tag, rank) VALUES ('automerge', 8);

CREATE TABLE dependency (
    hour INTEGER NOT NULL,             -- its start, milliseconds since the Unix epoch
    edge_partition INTEGER NOT NULL,
    parent TEXT NOT NULL,
    child TEXT NOT NULL,
    call_count INTEGER NOT NULL,
    PRIMARY KEY (hour, edge_partition, parent, child)
) WITHOUT ROWID;

PRAGMA user_version = 1;
