//! How much of what was given is kept.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use super::Inputs;
use crate::database::{Database, DatabaseError};

/// What was used so lately stays in any case: a request that names it may be on its way.
const YOUNG: Duration = Duration::from_secs(3600);
/// Hexadecimal digits of a picture's name.
const DIGITS: usize = 64;

/// What jobs that wait or run are to do, and how pictures were made that they make again.
const NEEDED: &str = "SELECT payload FROM job WHERE state IN ('queued', 'running')
    UNION ALL SELECT recipe FROM picture WHERE recipe IS NOT NULL AND id IN (
        SELECT json_extract(payload, '$.picture') FROM job
        WHERE kind = 'replay' AND state IN ('queued', 'running'))";

/// Some of the pictures that are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// How many.
    pub pictures: u64,
    /// What they take on disk.
    pub bytes: u64,
}

/// A picture, with everything that was made of it.
#[derive(Debug)]
struct Found {
    digits: String,
    files: Vec<PathBuf>,
    bytes: u64,
    used: SystemTime,
}

impl Inputs {
    /// All that is kept.
    #[must_use]
    pub fn kept(&self) -> Kept {
        total(&self.found())
    }

    /// Throws away what is too much, and says what that was.
    ///
    /// What a job that waits or runs names is never thrown away, nor what was used within the last hour. Of the rest, those
    /// that no picture of the history began from go first, and among them those that were not used for longest; then the
    /// others, in the same order. A picture whose beginning is gone is still a picture, but cannot be made again.
    ///
    /// # Errors
    /// The database cannot be read: then nothing is thrown away.
    pub fn make_room(&self, most: u64, database: &Database) -> Result<Kept, DatabaseError> {
        self.remove_until(most, YOUNG, database)
    }

    /// Throws away everything that no job that waits or runs names, and says what that was.
    ///
    /// # Errors
    /// As [`Inputs::make_room`].
    pub fn clear(&self, database: &Database) -> Result<Kept, DatabaseError> {
        self.remove_until(0, Duration::ZERO, database)
    }

    fn remove_until(
        &self,
        most: u64,
        young: Duration,
        database: &Database,
    ) -> Result<Kept, DatabaseError> {
        let mut found = self.found();
        let mut bytes = total(&found).bytes;
        let mut removed = Kept::default();
        if bytes <= most {
            return Ok(removed);
        }
        let needed = named(database, NEEDED)?;
        let drawn_from = named(
            database,
            "SELECT recipe FROM picture WHERE recipe LIKE '%\"b3:%' AND written = 1",
        )?;
        found.sort_by_key(|it| (drawn_from.contains(&it.digits), it.used));
        for picture in found {
            if bytes <= most {
                break;
            }
            if needed.contains(&picture.digits) {
                continue;
            }
            // Looked at again: whoever used it meanwhile has it.
            let used = picture.files.iter().filter_map(modified).max();
            let age = used.and_then(|used| used.elapsed().ok());
            if age.is_some_and(|age| age < young) {
                continue;
            }
            let removals: Vec<_> = picture.files.iter().map(fs::remove_file).collect();
            if removals.iter().all(Result::is_ok) {
                bytes -= picture.bytes;
                removed.bytes += picture.bytes;
                removed.pictures += 1;
            }
        }
        Ok(removed)
    }

    fn found(&self) -> Vec<Found> {
        let mut found: HashMap<String, Found> = HashMap::new();
        for folder in [&self.folder, &self.converted] {
            for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
                let Some(metadata) = entry.metadata().ok().filter(fs::Metadata::is_file) else {
                    continue;
                };
                let path = entry.path();
                let stem = path.file_stem().and_then(|it| it.to_str());
                // Whatever else lies there is not ours.
                let Some(digits) = stem.filter(|it| is_name(it)).map(str::to_owned) else {
                    continue;
                };
                let used = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
                let picture = found.entry(digits.clone()).or_insert_with(|| Found {
                    digits,
                    files: Vec::new(),
                    bytes: 0,
                    used,
                });
                picture.files.push(path);
                picture.bytes += metadata.len();
                picture.used = picture.used.max(used);
            }
        }
        found.into_values().collect()
    }
}

fn total(found: &[Found]) -> Kept {
    Kept {
        pictures: found.len() as u64,
        bytes: found.iter().map(|it| it.bytes).sum(),
    }
}

fn modified(file: &PathBuf) -> Option<SystemTime> {
    fs::metadata(file).and_then(|it| it.modified()).ok()
}

fn is_name(text: &str) -> bool {
    text.len() == DIGITS && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The pictures that any of some texts name, whether by their names or by their files.
fn named(database: &Database, sql: &str) -> Result<HashSet<String>, DatabaseError> {
    database.read(|connection| {
        let collect = || -> rusqlite::Result<HashSet<String>> {
            let mut names = HashSet::new();
            let mut statement = connection.prepare(sql)?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let text: String = row.get(0)?;
                let words = text.split(|letter: char| !letter.is_ascii_hexdigit());
                names.extend(words.filter(|it| is_name(it)).map(str::to_ascii_lowercase));
            }
            Ok(names)
        };
        collect().map_err(|error| database.error(error))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::PictureId;
    use crate::jobs::{NewJob, Queue, Replay, Task};
    use crate::{Init, InputId, Request};

    const DAY: Duration = Duration::from_secs(24 * 3600);

    fn png(shade: u8) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, 8, 8);
        encoder.set_color(png::ColorType::Rgb);
        let mut writer = encoder.write_header().expect("a header");
        writer
            .write_image_data(&[shade; 192])
            .expect("pixels are written");
        drop(writer);
        bytes
    }

    struct Place {
        folder: tempfile::TempDir,
        inputs: Inputs,
        queue: Queue,
    }

    impl Place {
        fn new() -> Self {
            let folder = tempfile::tempdir().expect("a folder");
            Self {
                inputs: Inputs::of_data(folder.path()),
                queue: Queue::open(folder.path()).expect("a queue"),
                folder,
            }
        }

        /// A picture that was last used so many days ago.
        fn keep(&self, shade: u8, days: u32) -> InputId {
            let id = self.inputs.keep(&png(shade)).expect("kept");
            let file = fs::File::options().append(true).open(self.file(id));
            file.and_then(|file| file.set_modified(SystemTime::now() - DAY * days))
                .expect("aged");
            id
        }

        fn file(&self, id: InputId) -> PathBuf {
            let name = id.to_string();
            self.folder.path().join("inputs").join(&name[3..])
        }

        fn make_room(&self, most: u64) -> Kept {
            let database = self.queue.database();
            self.inputs.make_room(most, database).expect("made")
        }

        fn is_there(&self, ids: &[InputId]) -> Vec<bool> {
            ids.iter().map(|id| self.file(*id).exists()).collect()
        }
    }

    #[test]
    fn what_was_not_used_for_longest_goes_first_and_no_more_than_must() {
        let place = Place::new();
        let ids = [3, 1, 2].map(|days| place.keep(days as u8, days));
        let all = place.inputs.kept();
        assert_eq!(all.pictures, 3);
        assert_eq!(place.make_room(all.bytes), Kept::default());
        let removed = place.make_room(all.bytes - 1);
        assert_eq!(removed.pictures, 1);
        assert_eq!(place.is_there(&ids), [false, true, true]);
        // Being used makes it young.
        place.inputs.bytes(ids[2]).expect("there");
        place.make_room(0);
        assert_eq!(place.is_there(&ids), [false, false, true]);
        place.inputs.clear(place.queue.database()).expect("cleared");
        assert_eq!(place.inputs.kept(), Kept::default());
    }

    #[test]
    fn what_a_waiting_job_begins_from_stays_however_old_and_large_it_is() {
        let place = Place::new();
        let (needed, other) = (place.keep(1, 9), place.keep(2, 1));
        let request = Request {
            init: Some(Init::new(needed)),
            seed: Some(1),
            ..Request::default()
        };
        let job = place
            .queue
            .add(NewJob::generate(request))
            .expect("queued")
            .id;
        place.make_room(0);
        place.inputs.clear(place.queue.database()).expect("cleared");
        assert_eq!(place.is_there(&[needed, other]), [true, false]);
        place.queue.cancel(job).expect("cancelled");
        place.make_room(0);
        assert_eq!(place.is_there(&[needed]), [false]);
    }

    #[test]
    fn what_pictures_began_from_goes_last() {
        let place = Place::new();
        let (drawn_from, other) = (place.keep(1, 9), place.keep(2, 1));
        let recipe = serde_json::json!({"init": Init::new(drawn_from)}).to_string();
        let sql = "INSERT INTO picture (file, written, created_at, width, height, bytes, prompt, negative, model,
            sampler, schedule, plugins, recipe) VALUES ('a.png', 1, 0, 8, 8, 1, '', '', '', '', '', '', ?1)";
        let database = place.queue.database();
        let recorded = database.write(|change| {
            let recorded = change.execute(sql, [&recipe]);
            recorded.map_err(|error| database.error(error))
        });
        assert_eq!(recorded.expect("recorded"), 1);
        let all = place.inputs.kept();
        place.make_room(all.bytes - 1);
        assert_eq!(place.is_there(&[drawn_from, other]), [true, false]);
        // Who waits for it to be made again needs it.
        let id = PictureId(1);
        let replay = Task::Replay(Replay {
            picture: id,
            provider: None,
            model: None,
        });
        let job = place.queue.add(NewJob::new(replay)).expect("queued").id;
        place.make_room(0);
        assert_eq!(place.is_there(&[drawn_from]), [true]);
        place.queue.cancel(job).expect("cancelled");
        place.make_room(0);
        assert_eq!(place.is_there(&[drawn_from]), [false]);
    }

    #[test]
    fn what_was_made_of_a_picture_goes_with_it() {
        let place = Place::new();
        let id = place.keep(1, 2);
        let folder = place.folder.path().join("cache").join("inputs");
        fs::create_dir_all(&folder).expect("a folder");
        let copy = folder.join(format!("{}.png", &id.to_string()[3..]));
        fs::write(&copy, [0; 100]).expect("written");
        fs::write(folder.join("notes.txt"), "mine").expect("written");
        let file = fs::File::options().append(true).open(&copy);
        file.and_then(|file| file.set_modified(SystemTime::now() - DAY))
            .expect("aged");
        assert_eq!(place.make_room(0).pictures, 1);
        assert!(!copy.exists() && !place.file(id).exists());
        assert!(folder.join("notes.txt").exists());
    }
}
