-- The history: every picture with how it was made.

CREATE TABLE picture (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    -- Below the data folder relative to it, with `/`, so that the folder can be moved; otherwise absolute.
    file TEXT NOT NULL UNIQUE,
    -- 0 while the name is taken and the file not yet there.
    written INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    -- The 64 bits of the seed.
    seed INTEGER,
    prompt TEXT NOT NULL,
    negative TEXT NOT NULL,
    model TEXT NOT NULL,
    sampler TEXT NOT NULL,
    schedule TEXT NOT NULL,
    steps INTEGER,
    cfg REAL,
    -- Their ids, separated by spaces.
    plugins TEXT NOT NULL,
    recipe TEXT,
    -- What other programs wrote, where there is no recipe.
    parameters TEXT,
    job INTEGER REFERENCES job (id) ON DELETE SET NULL,
    job_index INTEGER
) STRICT;

CREATE INDEX picture_time ON picture (created_at, id) WHERE written = 1;
CREATE INDEX picture_seed ON picture (seed);
CREATE INDEX picture_model ON picture (model COLLATE NOCASE);
CREATE INDEX picture_sampler ON picture (sampler COLLATE NOCASE);
CREATE UNIQUE INDEX picture_job ON picture (job, job_index) WHERE job IS NOT NULL;

CREATE TABLE picture_plugin (
    plugin TEXT NOT NULL,
    picture INTEGER NOT NULL REFERENCES picture (id) ON DELETE CASCADE,
    PRIMARY KEY (plugin, picture)
) STRICT, WITHOUT ROWID;

CREATE INDEX picture_plugin_picture ON picture_plugin (picture);

-- Words, without accents and case. The texts themselves are in `picture` only.
CREATE VIRTUAL TABLE picture_text USING fts5 (
    prompt, negative, plugins, model,
    content = 'picture', content_rowid = 'id',
    tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
);

CREATE TRIGGER picture_added AFTER INSERT ON picture BEGIN
    INSERT INTO picture_text (rowid, prompt, negative, plugins, model)
    VALUES (new.id, new.prompt, new.negative, new.plugins, new.model);
END;

CREATE TRIGGER picture_removed AFTER DELETE ON picture BEGIN
    INSERT INTO picture_text (picture_text, rowid, prompt, negative, plugins, model)
    VALUES ('delete', old.id, old.prompt, old.negative, old.plugins, old.model);
END;

CREATE TRIGGER picture_changed AFTER UPDATE OF prompt, negative, plugins, model ON picture BEGIN
    INSERT INTO picture_text (picture_text, rowid, prompt, negative, plugins, model)
    VALUES ('delete', old.id, old.prompt, old.negative, old.plugins, old.model);
    INSERT INTO picture_text (rowid, prompt, negative, plugins, model)
    VALUES (new.id, new.prompt, new.negative, new.plugins, new.model);
END;
