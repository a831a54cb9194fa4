//! Changes within a prompt.

/// Puts words into the places that they have in a prompt, in the order given: A1111's "Prompt order".
///
/// The places are those where each word is first; the words are to be there one after the other.
///
/// # Errors
/// The word that is not there, or not behind the one before it.
pub(super) fn reordered<'a>(prompt: &str, words: &'a [String]) -> Result<String, &'a str> {
    let mut places: Vec<(usize, &'a str)> = Vec::with_capacity(words.len());
    for word in words {
        let at = prompt.find(word.as_str()).ok_or(word.as_str())?;
        places.push((at, word));
    }
    places.sort_unstable_by_key(|(at, _)| *at);
    let mut result = String::with_capacity(prompt.len());
    let mut rest = prompt;
    for ((_, place), word) in places.into_iter().zip(words) {
        let at = rest.find(place).ok_or(place)?;
        result.push_str(&rest[..at]);
        result.push_str(word);
        rest = &rest[at + place.len()..];
    }
    result.push_str(rest);
    Ok(result)
}

/// Every order of some things, in the order of Python's `itertools.permutations`: by places, the first changing last.
pub(super) fn permutations<T: Clone>(things: &[T]) -> impl Iterator<Item = Vec<T>> {
    let mut next: Option<Vec<usize>> = Some((0..things.len()).collect());
    std::iter::from_fn(move || {
        let current = next.take()?;
        next = after(current.clone());
        Some(current.iter().map(|at| things[*at].clone()).collect())
    })
}

/// The next order of numbers, as a dictionary would have them.
fn after(mut order: Vec<usize>) -> Option<Vec<usize>> {
    let falls = order.windows(2).rposition(|pair| pair[0] < pair[1])?;
    let larger = order.iter().rposition(|it| *it > order[falls])?;
    order.swap(falls, larger);
    order[falls + 1..].reverse();
    Some(order)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn words_change_places_and_all_else_stays() {
        for (prompt, order, expected) in [
            ("a cat, a dog!", &["dog", "cat"][..], "a dog, a cat!"),
            ("a cat, a dog!", &["cat", "dog"], "a cat, a dog!"),
            ("x, y, z", &["z", "x", "y"], "z, x, y"),
            ("猫 und 犬", &["犬", "猫"], "犬 und 猫"),
            ("cat cat dog", &["dog", "cat"], "dog cat cat"),
        ] {
            assert_eq!(reordered(prompt, &words(order)).as_deref(), Ok(expected));
        }
        assert_eq!(reordered("a cat", &words(&["cat", "dog"])), Err("dog"));
        // The second lies in the first.
        assert_eq!(reordered("a cat", &words(&["cat", "at"])), Err("at"));
    }

    #[test]
    fn every_order_is_there_as_python_has_them() {
        let all: Vec<String> = permutations(&['a', 'b', 'c'])
            .map(|order| order.into_iter().collect())
            .collect();
        assert_eq!(all, ["abc", "acb", "bac", "bca", "cab", "cba"]);
        assert_eq!(permutations(&[1]).count(), 1);
        assert_eq!(permutations(&[0; 5]).count(), 120);
    }
}
