//! In which order cells have their turns.

use super::*;

/// How often the key up to a level changes from one turn to the next, and how many keys there are.
fn runs(sweep: &Sweep, level: Level) -> (usize, usize) {
    let keys: Vec<[u8; 16]> = sweep
        .turns()
        .map(|turn| {
            let request = sweep.cell(turn.cell).expect("a cell").request;
            sweep.key(&request).up_to(level)
        })
        .collect();
    let runs = 1 + keys.windows(2).filter(|pair| pair[0] != pair[1]).count();
    let mut distinct = keys;
    distinct.sort_unstable();
    distinct.dedup();
    assert_eq!(sweep.distinct_up_to(level), distinct.len());
    (runs, distinct.len())
}

#[test]
fn settings_of_the_last_plugins_cost_no_denoising() {
    // In whatever order the axes are.
    let axes = ["seed=1-4", "cfg=1-9 (+2)", "film-grain.amount=0-1 [10]"];
    for order in super::super::prompt::permutations(&axes) {
        let sweep = sweep_of(cat(), &order);
        assert_eq!(sweep.len(), 200);
        assert_eq!(sweep.distinct(), 200);
        assert_eq!(runs(&sweep, Level::Denoise), (20, 20), "{order:?}");
        assert_eq!(runs(&sweep, Level::Noise), (4, 4), "{order:?}");
        assert_eq!(runs(&sweep, Level::Text), (1, 1), "{order:?}");
        assert_eq!(runs(&sweep, Level::After), (200, 200), "{order:?}");
    }
}

#[test]
fn each_model_is_loaded_once() {
    let axes = ["seed=1-3", "model=a,b,c", "prompt=x,y", "steps=2,1"];
    for order in super::super::prompt::permutations(&axes) {
        let sweep = sweep_of(cat(), &order);
        assert_eq!(runs(&sweep, Level::Model), (3, 3), "{order:?}");
        assert_eq!(runs(&sweep, Level::Text), (6, 6), "{order:?}");
        assert_eq!(runs(&sweep, Level::Noise), (18, 18), "{order:?}");
        // What comes first on an axis has its turn first.
        let models: Vec<_> = sweep
            .turns()
            .filter_map(|turn| sweep.cell(turn.cell)?.request.model)
            .collect();
        assert_eq!((models[0].as_str(), models[35].as_str()), ("a", "c"));
    }
    // Points change several fields at once.
    let sweep = sweep_of(
        cat(),
        &["prompt-axis.looks", "model=a,b", "provider=cpu,auto"],
    );
    assert_eq!(runs(&sweep, Level::Model), (4, 4));
}

#[test]
fn nothing_is_moved_without_need() {
    let sweep = sweep_of(cat(), &["steps=3,1,2", "cfg=2,1"]);
    let turns: Vec<_> = sweep.turns().map(|turn| turn.cell).collect();
    assert_eq!(turns, [0, 1, 2, 3, 4, 5]);
}

#[test]
fn plugins_count_where_they_take_part() {
    let base = Request {
        seed: Some(1),
        ..cat()
    };
    for (plugin, text, denoise) in [("styles", 3, 3), ("latent-mirror", 1, 3), ("glow", 1, 1)] {
        let sweep = sweep_of(base.clone(), &[&format!("{plugin}.count=1-3")]);
        assert_eq!(runs(&sweep, Level::Text).1, text, "{plugin}");
        assert_eq!(runs(&sweep, Level::Denoise).1, denoise, "{plugin}");
        assert_eq!(runs(&sweep, Level::After).1, 3, "{plugin}");
    }
}

#[test]
fn each_cell_has_one_turn() {
    let sweep = sweep_of(
        cat(),
        &["replace=cat,owl,dog", "replace=dog,fox,owl", "seed=1,2"],
    );
    let mut turns: Vec<_> = sweep.turns().map(|turn| turn.cell).collect();
    turns.sort_unstable();
    assert_eq!(turns, (0..18).collect::<Vec<_>>());
    let same = sweep.turns().filter(|turn| turn.same_as.is_some()).count();
    assert_eq!(sweep.len() - same, sweep.distinct());
}
