//! What A1111 writes into its grids, so that what reads those reads ours.

use crate::Infotext;

/// The letters of the axes in their order.
const LETTERS: [char; 3] = ['X', 'Y', 'Z'];

/// An axis of a grid, as the text says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScriptAxis<'a> {
    /// What is varied, in A1111's words where it has them: `CFG Scale`.
    pub name: &'a str,
    /// The values as they were typed: `1-9 (+2)`.
    pub values: &'a str,
}

/// The text of a grid: the first cell's, and `Script: X/Y/Z plot, X Type: CFG Scale, X Values: "1,3,5"`. Axes that a
/// sheet has no letter for, those after the third, are not told.
#[must_use]
pub fn infotext(first_cell: Infotext, axes: &[ScriptAxis<'_>]) -> Infotext {
    let mut text = first_cell;
    // A1111 has what scripts add before its version, which comes last.
    let place = match text.fields.last() {
        Some((key, _)) if key == "Version" => text.fields.len() - 1,
        _ => text.fields.len(),
    };
    let mut added = vec![("Script".to_owned(), "X/Y/Z plot".to_owned())];
    for (letter, axis) in LETTERS.iter().zip(axes) {
        added.push((format!("{letter} Type"), axis.name.to_owned()));
        added.push((format!("{letter} Values"), axis.values.to_owned()));
    }
    text.fields.splice(place..place, added);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_as_a1111_writes_it_and_reads_back() {
        let first = Infotext::parse(
            "a cat\nSteps: 4, Sampler: Euler, CFG scale: 1, Seed: 5, Version: aquatint 0.1.0",
        );
        let axes = [
            ScriptAxis {
                name: "CFG Scale",
                values: "1,3,5",
            },
            ScriptAxis {
                name: "Prompt S/R",
                values: "cat, \"a, b\"",
            },
        ];
        let text = infotext(first, &axes);
        let written = text.to_string();
        assert_eq!(
            written,
            "a cat\nSteps: 4, Sampler: Euler, CFG scale: 1, Seed: 5, Script: X/Y/Z plot, X Type: CFG Scale, \
             X Values: \"1,3,5\", Y Type: Prompt S/R, Y Values: \"cat, \\\"a, b\\\"\", Version: aquatint 0.1.0"
        );
        assert_eq!(Infotext::parse(&written), text);
    }
}
