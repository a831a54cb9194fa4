-- Jobs. Times are milliseconds since 1970, UTC.

CREATE TABLE worker (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    -- The file in `workers/` that the worker keeps locked while it lives.
    lock TEXT NOT NULL UNIQUE,
    pid INTEGER NOT NULL,
    started_at INTEGER NOT NULL
) STRICT;

CREATE TABLE job (
    -- Never used twice: whoever remembers a number must not meet another job by it.
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    options TEXT NOT NULL,
    -- A name that whoever added it chose, so that adding it again is noticed.
    key TEXT UNIQUE,
    state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
    priority INTEGER NOT NULL,
    -- Among equal priorities the lowest comes first.
    position INTEGER NOT NULL,
    -- Seconds from the start of an attempt.
    deadline REAL,
    created_at INTEGER NOT NULL,
    started_at INTEGER,
    finished_at INTEGER,
    attempts INTEGER NOT NULL DEFAULT 0,
    -- How many attempts ended with the death of the process that made them, since it was last asked for.
    deaths INTEGER NOT NULL DEFAULT 0,
    worker INTEGER REFERENCES worker (id),
    cancel_asked INTEGER NOT NULL DEFAULT 0,
    progress TEXT,
    failure TEXT,
    outcome TEXT,
    CHECK ((state = 'running') = (worker IS NOT NULL)),
    CHECK ((state = 'failed') = (failure IS NOT NULL)),
    CHECK ((state = 'done') = (outcome IS NOT NULL))
) STRICT;

CREATE INDEX job_waiting ON job (priority DESC, position, id) WHERE state = 'queued';
CREATE INDEX job_position ON job (position) WHERE state IN ('queued', 'running');
CREATE INDEX job_state ON job (state, id);
CREATE INDEX job_worker ON job (worker) WHERE worker IS NOT NULL;

-- Every time that a job was worked on.
CREATE TABLE attempt (
    job INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    pid INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    ended_at INTEGER,
    -- `stopped`: its worker was asked to end. `interrupted`: its process died.
    result TEXT CHECK (result IN ('done', 'failed', 'cancelled', 'stopped', 'interrupted')),
    failure TEXT,
    PRIMARY KEY (job, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE queue (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    paused INTEGER NOT NULL
) STRICT;

INSERT INTO queue (id, paused) VALUES (1, 0);
