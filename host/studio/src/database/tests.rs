use std::fs;

use rusqlite::Connection;

use super::*;

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

fn number(path: &Path) -> i64 {
    let connection = Connection::open(path).expect("a database");
    connection
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .expect("a number")
}

#[test]
fn a_new_file_gets_the_newest_schema() {
    let folder = folder();
    let data = folder.path().join("new/data #1?mode=ro");
    let database = Database::open(&data).expect("a database");
    assert_eq!(number(database.path()), SCHEMA);
    assert_eq!(database.path(), data.join("studio.db"));
    Database::open(&data).expect("the same again");
}

#[test]
fn every_older_schema_is_brought_up_to_date() {
    for old in 0..SCHEMA {
        let folder = folder();
        let path = folder.path().join("studio.db");
        let connection = Connection::open(&path).expect("a database");
        for step in &schema::STEPS[..old as usize] {
            connection.execute_batch(step).expect("a step");
        }
        connection
            .pragma_update(None, "user_version", old)
            .expect("a number");
        let tables = |path: &Path| -> Vec<String> {
            let connection = Connection::open(path).expect("a database");
            let mut statement = connection
                .prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY sql")
                .expect("a statement");
            let rows = statement.query_map([], |row| row.get(0)).expect("rows");
            rows.collect::<Result<_, _>>().expect("texts")
        };
        drop(connection);
        Database::open(folder.path()).expect("brought up to date");
        assert_eq!(number(&path), SCHEMA);
        let new = self::folder();
        let fresh = Database::open(new.path()).expect("a database");
        assert_eq!(tables(&path), tables(fresh.path()));
    }
}

#[test]
fn a_newer_schema_is_left_alone() {
    let folder = folder();
    let open = Database::open(folder.path()).expect("a database");
    let path = open.path().to_owned();
    let connection = Connection::open(&path).expect("a database");
    connection
        .pragma_update(None, "user_version", SCHEMA + 1)
        .expect("a number");
    let error = Database::open(folder.path())
        .expect_err("newer")
        .to_string();
    assert!(error.contains("studio.db has schema"), "{error}");
    assert!(error.contains(&format!("knows up to {SCHEMA}")), "{error}");
    // Whoever had it open already must not write either.
    let error = open
        .write(|_| Ok::<_, DatabaseError>(()))
        .expect_err("newer");
    assert!(matches!(error, DatabaseError::Newer { .. }), "{error}");
    assert_eq!(number(&path), SCHEMA + 1);
}

#[test]
fn what_is_no_database_is_named_and_kept() {
    let folder = folder();
    let path = folder.path().join("studio.db");
    fs::write(
        &path,
        "words that are long enough to be looked at ".repeat(20),
    )
    .expect("written");
    let error = Database::open(folder.path()).expect_err("no database");
    assert!(matches!(error, DatabaseError::Damaged { .. }), "{error:?}");
    assert!(error.to_string().contains("studio.db is not a database"));
    assert!(fs::read(&path).expect("read").starts_with(b"words"));

    fs::write(folder.path().join("file"), "").expect("written");
    let error = Database::open(&folder.path().join("file/data")).expect_err("a file");
    assert!(error.to_string().contains("file/data"), "{error}");
}

#[test]
fn many_may_open_a_new_folder_at_once() {
    let folder = folder();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let database = Database::open(folder.path()).expect("a database");
                database
                    .write(|change| {
                        change
                            .execute("UPDATE queue SET paused = paused + 1", [])
                            .map_err(|error| database.error(error))
                    })
                    .expect("written");
            });
        }
    });
    let database = Database::open(folder.path()).expect("a database");
    let sum: i64 = database
        .read(|it| {
            it.query_row("SELECT paused FROM queue", [], |row| row.get(0))
                .map_err(|error| database.error(error))
        })
        .expect("read");
    assert_eq!(sum, 8);
}

#[test]
fn a_full_disk_is_said_and_passes() {
    let folder = folder();
    let database = Database::open(folder.path()).expect("a database");
    let fill = || {
        database.write(|change| {
            change
                .execute("CREATE TABLE filler (text TEXT)", [])
                .and_then(|_| {
                    change.execute("INSERT INTO filler VALUES (?1)", ["x".repeat(1 << 20)])
                })
                .map_err(|error| database.error(error))
        })
    };
    database.limit_pages(1);
    let error = fill().expect_err("full");
    assert!(error.may_pass());
    let text = error.to_string();
    assert!(text.ends_with("studio.db: the disk is full"), "{text}");
    database.limit_pages(1 << 20);
    fill().expect("space again, and no half of the first time");
}
