-- Pictures that somebody likes.

ALTER TABLE picture ADD COLUMN starred INTEGER NOT NULL DEFAULT 0;

CREATE INDEX picture_starred ON picture (created_at, id) WHERE starred = 1;
