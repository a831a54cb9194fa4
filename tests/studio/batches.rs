//! Batches.

use aquatint_diffusion::sampler::SamplerKind;
use aquatint_studio::Request;

use super::{Place, draw, request};

#[test]
fn a_batch_of_four_is_its_four_singles_with_every_sampler() {
    let place = Place::new(&[]);
    let mut studio = place.without_cache();
    for schedule in [None, Some("karras".to_owned())] {
        let mut drawn = Vec::new();
        for kind in SamplerKind::ALL {
            let four = Request {
                sampler: Some(kind.to_string()),
                schedule: schedule.clone(),
                steps: Some(4),
                batch: 4,
                ..request()
            };
            let together = match draw(&mut studio, &four) {
                Ok(drawn) => drawn.pictures,
                // Not every sampler takes every schedule.
                Err(_) if schedule.is_some() => continue,
                Err(error) => panic!("{kind}: {error}"),
            };
            assert_eq!(together.len(), 4, "{kind}");
            for (seed, picture) in (7..).zip(&together) {
                let one = Request {
                    seed: Some(seed),
                    batch: 1,
                    ..four.clone()
                };
                let alone = draw(&mut studio, &one).expect("drawn").pictures;
                assert_eq!(alone.len(), 1);
                assert!(alone[0].pixels == picture.pixels, "{kind}, seed {seed}");
            }
            assert!(together[0].pixels != together[1].pixels, "{kind}");
            drawn.push(kind);
        }
        // Those of k-diffusion take it, all but a few.
        assert!(drawn.len() >= 20, "{schedule:?}: {drawn:?}");
    }
}
