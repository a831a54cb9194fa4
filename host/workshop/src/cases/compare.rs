//! What came of a call, held against what should have. Each answer is a list of sentences, empty if all is well.

use std::path::Path;

use aquatint_sandbox::pixels::Picture;
use aquatint_sandbox::tensor::Tensor;

use super::bench::{same, size};
use super::fields::{shown, to_toml};
use super::{Case, Fields, Files, Outcome, latents};
use crate::names::counted;
use crate::picture::{self, rgba};

/// What is wrong with `outcome`, one sentence each.
pub(super) fn compare(case: &Case, outcome: &Outcome, folder: &Path) -> Vec<String> {
    let expected = &case.expected;
    match (outcome, &expected.problem) {
        (Outcome::Broke(reason), _) => return vec![reason.clone()],
        (Outcome::Problem { kind, text }, Some(problem)) => {
            let mut wrong = Vec::new();
            if kind != problem {
                wrong.push(format!("{}, expected {problem}", outcome.describe()));
            }
            if let Some(part) = &expected.message
                && !text.contains(part.as_str())
            {
                wrong.push(format!(
                    "the problem says `{text}`, expected `{part}` in it"
                ));
            }
            return wrong;
        }
        (Outcome::Problem { .. }, None) => {
            return vec![format!("{}, expected none", outcome.describe())];
        }
        (outcome, Some(problem)) => {
            return vec![format!(
                "{}, expected the problem {problem}",
                outcome.describe()
            )];
        }
        (_, None) => {}
    }
    let mut wrong = Vec::new();
    match outcome {
        Outcome::Changes(changes) => {
            if let Some(request) = &expected.request {
                wrong.extend(fields(&effective(&case.call.request, changes), request));
            }
        }
        Outcome::Latents(made) => {
            if let Some(files) = &expected.files {
                wrong.extend(in_files(
                    files,
                    std::slice::from_ref(made),
                    |path, it| {
                        let there = latents::read(path).map_err(|error| error.to_string())?;
                        Ok(tensors(it, &there, expected.tolerance))
                    },
                    folder,
                ));
            }
        }
        Outcome::Picture(picture) => {
            if let Some(files) = &expected.files {
                let one = std::slice::from_ref(picture);
                wrong.extend(picture_files(files, one, expected.tolerance, folder));
            }
            for (key, text) in expected.metadata.iter().flatten() {
                match text_of(picture, key) {
                    Some(there) if there == text => {}
                    Some(there) => {
                        wrong.push(format!("the text `{key}` is `{there}`, expected `{text}`"))
                    }
                    None => wrong.push(format!("the text `{key}` is missing, expected `{text}`")),
                }
            }
        }
        Outcome::Pictures(made) => {
            if let Some(count) = expected.count
                && count != made.len()
            {
                wrong.push(format!(
                    "{}, expected {count}",
                    counted(made.len(), "picture")
                ));
            }
            if let Some(sizes) = &expected.sizes {
                let there = made.iter().map(Picture::size);
                let there: Vec<_> = there.map(|size| [size.width, size.height]).collect();
                if there != *sizes {
                    wrong.push(format!("the sizes are {there:?}, expected {sizes:?}"));
                }
            }
            if let Some(files) = &expected.files {
                wrong.extend(picture_files(files, made, expected.tolerance, folder));
            }
        }
        Outcome::Axes(axes) => {
            if let Some(expected) = &expected.axes
                && axes != expected
            {
                wrong.push(format!("the axes are {axes:?}, expected {expected:?}"));
            }
        }
        Outcome::Points(points) => {
            if let Some(expected) = &expected.points {
                wrong.extend(compare_points(points, expected));
            }
        }
        Outcome::Problem { .. } | Outcome::Broke(_) => {}
    }
    wrong
}

/// The changes that change anything.
pub(super) fn effective(request: &Fields, changes: &Fields) -> Fields {
    changes
        .iter()
        .filter(|(key, value)| request.get(*key).is_none_or(|before| !same(before, value)))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

fn fields(changes: &Fields, expected: &Fields) -> Vec<String> {
    let mut wrong = Vec::new();
    for (key, value) in expected {
        let wanted = shown(&to_toml(value));
        match changes.get(key) {
            Some(there) if same(there, value) => {}
            Some(there) => {
                let there = shown(&to_toml(there));
                wrong.push(format!("{key} becomes {there}, expected {wanted}"));
            }
            None => wrong.push(format!("{key} stays as it was, expected {wanted}")),
        }
    }
    for (key, value) in changes {
        if !expected.contains_key(key) {
            let there = shown(&to_toml(value));
            wrong.push(format!("{key} becomes {there}, expected it to stay"));
        }
    }
    wrong
}

fn compare_points(points: &[(String, Fields)], expected: &[(String, Fields)]) -> Vec<String> {
    if points.len() != expected.len() {
        let there = counted(points.len(), "point");
        return vec![format!("{there}, expected {}", expected.len())];
    }
    let mut wrong = Vec::new();
    for (index, ((label, changes), (expected_label, expected))) in
        points.iter().zip(expected).enumerate()
    {
        let point = format!("point {}", index + 1);
        if label != expected_label {
            wrong.push(format!(
                "{point}: the label is `{label}`, expected `{expected_label}`"
            ));
        }
        let sentences = fields(changes, expected).into_iter();
        wrong.extend(sentences.map(|sentence| format!("{point}: {sentence}")));
    }
    wrong
}

fn picture_files(files: &Files, made: &[Picture], tolerance: f64, folder: &Path) -> Vec<String> {
    let compare = |path: &Path, it: &Picture| {
        let there = picture::read(path).map_err(|error| error.to_string())?;
        Ok(pictures(it, &there, tolerance))
    };
    in_files(files, made, compare, folder)
}

fn in_files<T>(
    files: &Files,
    made: &[T],
    compare: impl Fn(&Path, &T) -> Result<Option<String>, String>,
    folder: &Path,
) -> Vec<String> {
    let names = match files {
        Files::One(name) => std::slice::from_ref(name),
        Files::Many(names) => names,
    };
    if names.len() != made.len() {
        return vec![format!(
            "{}, expected {}",
            counted(made.len(), "result"),
            names.len()
        )];
    }
    names
        .iter()
        .zip(made)
        .filter_map(|(name, it)| {
            let path = folder.join(name);
            if !path.exists() {
                return Some(format!("{name} is not there: `--bless` writes it"));
            }
            compare(&path, it)
                .map(|wrong| wrong.map(|wrong| format!("{name}: {wrong}")))
                .unwrap_or_else(Some)
        })
        .collect()
}

/// One of the texts beside a picture.
pub(super) fn text_of<'a>(picture: &'a Picture, key: &str) -> Option<&'a String> {
    let texts = picture.metadata().iter();
    texts
        .filter(|(name, _)| name == key)
        .map(|(_, text)| text)
        .next()
}

/// How two pictures differ, if they do by more than the tolerance. How pixels are stored does not matter.
pub(super) fn pictures(made: &Picture, expected: &Picture, tolerance: f64) -> Option<String> {
    if made.size() != expected.size() {
        return Some(format!(
            "the picture is {}, expected {}",
            size(made),
            size(expected)
        ));
    }
    let (made_pixels, expected_pixels) = (rgba(made), rgba(expected));
    let difference = |(a, b): (&[u8; 4], &[u8; 4])| {
        let channels = a.iter().zip(b).map(|(a, b)| a.abs_diff(*b));
        channels.max().unwrap_or_default()
    };
    let differences: Vec<u8> = made_pixels
        .iter()
        .zip(&expected_pixels)
        .map(difference)
        .collect();
    let beyond = |difference: &&u8| f64::from(**difference) > tolerance;
    let count = differences.iter().filter(beyond).count();
    let first = differences
        .iter()
        .position(|difference| beyond(&difference))?;
    let largest = differences.iter().max()?;
    let color = |pixels: &[[u8; 4]]| {
        let [red, green, blue, alpha] = pixels[first];
        match alpha {
            255 => format!("{red} {green} {blue}"),
            _ => format!("{red} {green} {blue} {alpha}"),
        }
    };
    Some(format!(
        "{count} of {} pixels differ by more than {tolerance}, by {largest} at most; the first is at {}, {}: {}, expected {}",
        differences.len(),
        first % made.size().width as usize,
        first / made.size().width as usize,
        color(&made_pixels),
        color(&expected_pixels)
    ))
}

/// How two tensors differ, if they do by more than the tolerance.
pub(super) fn tensors(made: &Tensor, expected: &Tensor, tolerance: f64) -> Option<String> {
    if made.shape() != expected.shape() {
        return Some(format!(
            "the shape is {:?}, expected {:?}",
            made.shape(),
            expected.shape()
        ));
    }
    let pairs = || made.numbers().iter().zip(expected.numbers());
    let difference = |(a, b): (&f32, &f32)| (f64::from(*a) - f64::from(*b)).abs();
    // Tensors hold no number that is not finite.
    let beyond = |difference: f64| difference > tolerance;
    let first = pairs().position(|pair| beyond(difference(pair)))?;
    let count = pairs().filter(|pair| beyond(difference(*pair))).count();
    let largest = pairs().map(difference).fold(0.0, f64::max);
    let place = place(made.shape(), first);
    Some(format!(
        "{count} of {} numbers differ by more than {tolerance}, by {largest} at most; the first is at {place:?}: {}, expected {}",
        made.numbers().len(),
        made.numbers()[first],
        expected.numbers()[first]
    ))
}

fn place(shape: &[u32], mut index: usize) -> Vec<usize> {
    let mut place: Vec<usize> = shape
        .iter()
        .rev()
        .map(|side| {
            let at = index % *side as usize;
            index /= *side as usize;
            at
        })
        .collect();
    place.reverse();
    place
}

/// How the second call differs from the first, of the same plugin with the same input.
pub(super) fn twice(first: &Outcome, second: &Outcome) -> Option<String> {
    if first == second {
        return None;
    }
    let details = match (first, second) {
        (Outcome::Picture(a), Outcome::Picture(b)) => pictures(b, a, 0.0),
        (Outcome::Latents(a), Outcome::Latents(b)) => tensors(b, a, 0.0),
        (Outcome::Pictures(a), Outcome::Pictures(b)) if a.len() == b.len() => {
            a.iter().zip(b).find_map(|(a, b)| pictures(b, a, 0.0))
        }
        (Outcome::Changes(a), Outcome::Changes(b)) => fields(b, a).into_iter().next(),
        _ => None,
    };
    let details =
        details.unwrap_or_else(|| format!("{}, before {}", second.describe(), first.describe()));
    Some(format!(
        "a second call with the same input gives another result: {details}"
    ))
}

#[cfg(test)]
mod tests {
    use super::super::bench::is_close;
    use super::*;
    use crate::picture::of_colors;

    #[test]
    fn what_a_32_bit_float_loses_is_no_difference() {
        assert!(is_close(f64::from(7.1_f32), 7.1));
        assert!(!is_close(7.1, 7.1001));
    }

    #[test]
    fn pictures_differ_where_they_differ() {
        let a = of_colors(4, 2, |x, y| [x as u8, y as u8, 9]);
        assert_eq!(pictures(&a, &a.clone(), 0.0), None);
        let b = of_colors(4, 2, |x, y| {
            let more = [0, 0, 3, 1][x as usize] * y as u8;
            [x as u8 + more, y as u8, 9]
        });
        assert_eq!(
            pictures(&a, &b, 0.0).as_deref(),
            Some(
                "2 of 8 pixels differ by more than 0, by 3 at most; the first is at 2, 1: 2 1 9, expected 5 1 9"
            )
        );
        assert!(pictures(&a, &b, 2.0).is_some_and(|text| text.starts_with("1 of 8")));
        assert_eq!(pictures(&a, &b, 3.0), None);
        let small = of_colors(1, 1, |_, _| [0; 3]);
        assert_eq!(
            pictures(&a, &small, 255.0).as_deref(),
            Some("the picture is 4x2, expected 1x1")
        );
    }

    #[test]
    fn tensors_differ_where_they_differ() {
        let tensor = |fifth| {
            let numbers = vec![0.0, 1.0, 2.0, 3.0, fifth, 5.0];
            Tensor::from_numbers(vec![2, 3], numbers).expect("a tensor")
        };
        let (a, b) = (tensor(4.0), tensor(4.5));
        assert_eq!(
            tensors(&a, &b, 0.25).as_deref(),
            Some(
                "1 of 6 numbers differ by more than 0.25, by 0.5 at most; the first is at [1, 1]: 4, expected 4.5"
            )
        );
        assert_eq!(tensors(&a, &b, 0.5), None);
    }
}
