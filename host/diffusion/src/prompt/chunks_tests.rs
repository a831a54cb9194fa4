use std::path::Path;

use super::*;

/// The vocabulary of the tiny checkpoints: a thousand tokens in CLIP's scheme.
fn tokenizer(checkpoint: &str) -> Tokenizer {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/parity/checkpoints")
        .join(checkpoint)
        .join("tokenizer");
    Tokenizer::open(&folder, 77).expect("a tokenizer")
}

fn chunks(text: &str) -> Chunks {
    Chunks::of(text, &tokenizer("sd1"), Emphasis::Original, &[]).expect("chunks")
}

/// Each chunk without begin, end and padding.
fn texts(chunks: &Chunks) -> Vec<String> {
    let tokenizer = tokenizer("sd1");
    let decode = |chunk: &Chunk| {
        let written = tokenizer.decode(&chunk.ids).replace(' ', "");
        written.replace("</w>", " ").trim().to_owned()
    };
    chunks.chunks.iter().map(decode).collect()
}

#[test]
fn what_fits_is_what_other_programs_make_of_it() {
    for checkpoint in ["sd1", "sd2v"] {
        let tokenizer = tokenizer(checkpoint);
        for text in ["", "a cat", "a, b, c", &"a ".repeat(75), "  \n ", "猫"] {
            let ours = Chunks::of(text, &tokenizer, Emphasis::Original, &[]).expect("chunks");
            assert_eq!(ours.chunks.len(), 1, "{text:?}");
            let theirs = tokenizer.encode(text).expect("tokens");
            assert_eq!(theirs.cut, 0);
            assert_eq!(ours.chunks[0].ids, theirs.ids, "{text:?}");
            assert!(ours.chunks[0].weights.iter().all(|weight| *weight == 1.0));
        }
    }
}

#[test]
fn counts_are_those_that_people_see() {
    for (text, expected) in [
        ("", (0, 75)),
        ("a cat", (2, 75)),
        (&"a ".repeat(75) as &str, (75, 75)),
        (&"a ".repeat(76), (76, 150)),
        ("a BREAK a", (76, 150)),
        ("a BREAK", (75, 75)),
        ("BREAK", (75, 75)),
        ("(a:1.5) [a]", (2, 75)),
    ] {
        let found = chunks(text);
        assert_eq!((found.count, found.limit), expected, "{text:?}");
    }
}

#[test]
fn the_longest_of_its_texts_counts() {
    let tokenizer = tokenizer("sd1");
    let count = |text: &str| {
        let found = Chunks::longest(text, &tokenizer, Emphasis::Original, &[]).expect("chunks");
        (found.count, found.limit)
    };
    assert_eq!(count("a a AND a a a :1.2"), (3, 75));
    assert_eq!(count("a [a a a:a:.5]"), (4, 75));
    assert_eq!(count("[a|a a] a"), (3, 75));
    assert_eq!(count(""), (0, 75));
}

#[test]
fn weights_stand_beside_their_tokens() {
    let found = chunks("a (a a:1.5) [a]");
    let weights = &found.chunks[0].weights;
    assert_eq!(weights.len(), 77);
    let weaker = (1.0 / 1.1) as f32;
    assert_eq!(weights[..6], [1.0, 1.0, 1.5, 1.5, weaker, 1.0]);
    let none = Chunks::of("(a)", &tokenizer("sd1"), Emphasis::None, &[]).expect("chunks");
    assert_eq!(none.count, 3);
}

#[test]
fn break_begins_a_chunk() {
    assert_eq!(texts(&chunks("a cat BREAK a table")), ["a cat", "a table"]);
    assert_eq!(texts(&chunks("BREAK a")), ["", "a"]);
    assert_eq!(texts(&chunks("a BREAK BREAK a")), ["a", "", "a"]);
    let padded = Chunks::of("a BREAK a", &tokenizer("sd2v"), Emphasis::Original, &[]);
    let padded = padded.expect("chunks");
    let end = tokenizer("sd2v").eos();
    assert_eq!(padded.chunks[0].ids[2..5], [end, 0, 0]);
}

#[test]
fn what_follows_a_comma_that_is_near_goes_along() {
    // 60 words, a comma, and 14 words that fill the chunk.
    let near = "a ".repeat(60) + ", " + &"b ".repeat(14);
    assert_eq!(chunks(&near).chunks.len(), 1);
    let found = texts(&chunks(&(near.clone() + "cat")));
    assert_eq!(found[0].matches('a').count(), 60);
    assert!(found[0].ends_with(','), "{found:?}");
    assert_eq!(found[1].matches('b').count(), 14);
    // A comma in the place of the word that does not fit stays with it.
    let found = texts(&chunks(&(near + ", cat")));
    assert_eq!(found[1], ", cat");
    // 20 tokens are near, 21 are far: the comma itself counts.
    for (before, moved) in [(55, 19), (54, 0)] {
        let text = "a ".repeat(before) + ", " + &"b ".repeat(74 - before) + "cat";
        let found = texts(&chunks(&text));
        assert_eq!(found[1].matches('b').count(), moved, "{before}");
    }
    // A comma as the last token moves nothing.
    let text = "a ".repeat(74) + ", cat";
    assert_eq!(texts(&chunks(&text))[1], "cat");
}

#[test]
fn weights_go_along_with_their_tokens() {
    let text = "a ".repeat(70) + ", (" + &"b ".repeat(8) + ":2)";
    let found = chunks(&text);
    let weights = &found.chunks[1].weights;
    assert_eq!(
        weights[..10],
        [1.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 1.0]
    );
    assert!(found.chunks[0].weights.iter().all(|weight| *weight == 1.0));
}

#[test]
fn names_stand_for_vectors() {
    let tokenizer = tokenizer("sd1");
    let named = |name: &str, vectors| Named {
        ids: tokenizer.words(name).expect("tokens"),
        vectors,
    };
    let names = [named("red", 2), named("Red Apple", 3)];
    let of = |text: &str| Chunks::of(text, &tokenizer, Emphasis::Original, &names).expect("chunks");
    let found = of("a (RED  apple:1.5), red");
    assert_eq!(found.chunks[0].embeddings, [(2, 1), (6, 0)]);
    assert_eq!(found.count, 1 + 3 + 1 + 2);
    assert_eq!(
        found.chunks[0].weights[..7],
        [1.0, 1.0, 1.5, 1.5, 1.5, 1.0, 1.0]
    );
    assert_eq!(found.used(), [0, 1]);
    assert_eq!(of("a cat").used(), [0_usize; 0]);
    // Not divided between chunks.
    let found = of(&("a ".repeat(73) + "red apple"));
    assert_eq!(found.chunks[1].embeddings, [(1, 1)]);
    // And goes along behind a comma.
    let found = of(&("a ".repeat(70) + ", red a a a"));
    assert_eq!(found.chunks[0].embeddings, []);
    assert_eq!(found.chunks[1].embeddings, [(1, 0)]);
}

#[test]
fn there_is_an_end_to_it() {
    let text = "a ".repeat(75 * MOST);
    assert_eq!(chunks(&text).chunks.len(), MOST);
    let tokenizer = tokenizer("sd1");
    for text in [text + "a", "BREAK ".repeat(MOST + 1)] {
        let error = Chunks::of(&text, &tokenizer, Emphasis::Original, &[]).expect_err("too long");
        assert!(error.to_string().contains("64 chunks"), "{error}");
    }
}
