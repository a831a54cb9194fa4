use std::time::Instant;

use aquatint_diffusion::checkpoint::Family;
use aquatint_diffusion::pipeline;
use aquatint_diffusion::preview::Projection;

use super::*;

#[test]
fn what_happens_is_told_in_order() {
    let place = Place::new();
    let mut listener = place.queue.events().listen(Interest::default());
    let id = place.add("a");
    let mut work = Doing(|job: &Job, context: &Context| {
        context.stage("denoise");
        context.step(1, 2, Some(0.5), None);
        context.note("a\u{1b}[31m");
        context.picture("/a.png".into(), Some(7), 1, (8, 8));
        assert!(!context.wants_preview());
        match job.attempts {
            1 => Err(Failure::other("no")),
            _ => done(),
        }
    });
    let mut worker = worker(&place.queue);
    worker.run_one(&mut work).expect("worked");
    place.queue.retry(id).expect("queued");
    worker.run_one(&mut work).expect("worked");
    let events = std::iter::from_fn(|| listener.try_next());
    let names: Vec<_> = events
        .map(|heard| match heard {
            Heard::Event(event) => {
                if let JobEvent::Note { text } = &event.what {
                    assert_eq!(text, "a\\u{1b}[31m");
                }
                event.what.name()
            }
            Heard::Missed(_) => panic!("missed"),
        })
        .collect();
    let middle = ["stage", "step", "note", "picture"];
    let expected = [
        &["queued", "started"][..],
        &middle,
        &["failed", "queued", "started"],
        &middle,
        &["finished"],
    ]
    .concat();
    assert_eq!(names, expected);
}

#[test]
fn previews_are_made_for_listeners_and_not_too_often() {
    let place = Place::new();
    place.add("a");
    let _listener = place.queue.events().listen(Interest {
        previews: true,
        ..Interest::default()
    });
    let mut work = Doing(|_: &Job, context: &Context| {
        let start = Instant::now();
        let wanted = (0..1000).filter(|_| context.wants_preview()).count();
        let most = 1 + start.elapsed().as_millis() as usize / 200;
        assert!((1..=most).contains(&wanted), "{wanted}");
        done()
    });
    let job = worker(&place.queue).run_one(&mut work).expect("worked");
    assert_eq!(job.expect("a job").state, State::Done);
}

#[test]
fn other_processes_see_how_far_a_job_is() {
    let place = Place::new();
    let id = place.add("a");
    let other = place.other();
    let mut work = Doing(|_: &Job, context: &Context| {
        context.stage("denoise");
        context.step(3, 8, Some(2.5), None);
        until("progress", || {
            let progress = other.get(id).expect("a job").progress;
            progress.is_some_and(|progress| {
                progress
                    == Progress {
                        stage: Some("denoise".to_owned()),
                        done: 3,
                        total: 8,
                        eta: Some(2.5),
                    }
            })
        });
        done()
    });
    worker(&place.queue)
        .run(&mut work, Until::Empty)
        .expect("worked");
    let job = other.get(id).expect("a job");
    assert_eq!((job.state, job.progress), (State::Done, None));
}

#[test]
fn a_drawing_tells_its_steps_with_previews_and_the_time_left() {
    let place = Place::new();
    place.add("a");
    let mut listener = place.queue.events().listen(Interest {
        previews: true,
        ..Interest::default()
    });
    let mut heard = Vec::new();
    let mut work = Doing(|_: &Job, context: &Context| {
        let projection = Projection::of(Family::Sd1);
        let mut drawing = Drawing::new(context);
        drawing.tell(&pipeline::Event::Stage(pipeline::Stage::Denoise));
        drawing.tell(&pipeline::Event::Ready { total: 4 });
        std::thread::sleep(Duration::from_millis(20));
        let latents = [1.0; 2 * 4 * 6];
        for (done, denoised) in [(1, None), (2, Some(&latents[..])), (3, Some(&latents[..5]))] {
            drawing.tell(&pipeline::Event::Step {
                done,
                total: 4,
                denoised: denoised.map(|latents| pipeline::Denoised {
                    latents,
                    first: 1,
                    shape: [4, 2, 3],
                    projection: &projection,
                    tiny: None,
                }),
            });
        }
        // When the job is over, nobody looks at previews any more, and they go.
        while let Some(Heard::Event(event)) = listener.try_next() {
            heard.push(event);
        }
        done()
    });
    worker(&place.queue)
        .run(&mut work, Until::Empty)
        .expect("worked");
    let mut steps = Vec::new();
    for event in heard {
        if let JobEvent::Step {
            done,
            total,
            eta,
            preview,
        } = &event.what
        {
            assert_eq!(*total, 4);
            steps.push((*done, eta.expect("a time"), preview.clone()));
        }
    }
    assert_eq!(
        steps.iter().map(|step| step.0).collect::<Vec<_>>(),
        [1, 2, 3]
    );
    assert!(steps[0].1 > steps[2].1, "{steps:?}");
    assert_eq!((&steps[0].2, &steps[2].2), (&None, &None));
    let preview = steps[1].2.clone().expect("a preview");
    assert_eq!((preview.picture, preview.width, preview.height), (1, 3, 2));
    let file = crate::png_file::decode(std::io::Cursor::new(&*preview.png), "preview".as_ref())
        .expect("a picture");
    // 127.5 and the sum of a channel's factors times that.
    assert_eq!(file.pixels, [146, 180, 149].repeat(6));
}
