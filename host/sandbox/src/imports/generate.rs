use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use wasmtime::component::Resource;

use crate::bindings::interfaces::generate;
use crate::bindings::interfaces::types::Param;
use crate::contract::Hook;
use crate::guest::{Guest, HeldPicture, Refused, Ticket, away, from_params, refuse};
use crate::problem::Problem;
use crate::services::NamedPictures;
use crate::settings::Value;

/// Requests that a call may have open: until its pictures were handed out, and, for one that was cancelled, until the
/// host has let go of it. Each is a thread.
const MOST_OPEN: usize = 64;

impl generate::Host for Guest {
    fn submit(&mut self, changes: Vec<Param>) -> Result<Resource<Ticket>, Refused> {
        self.count();
        if self.hook != Some(Hook::Script) {
            return refuse(Problem::Unsupported(
                "only the hook `script` can draw: the others are part of a picture that is being drawn"
                    .to_owned(),
            ));
        }
        self.drawings.retain(|open| open.strong_count() > 0);
        if self.drawings.len() >= MOST_OPEN {
            return refuse(Problem::Exhausted(format!(
                "{MOST_OPEN} requests are open, which is all there may be: wait for some"
            )));
        }
        let changes = from_params(changes)?;
        let mut pictures = NamedPictures::new();
        for (key, value) in &changes {
            if let Value::Picture(name) = value {
                let Some(picture) = self.picture_named(name) else {
                    return refuse(Problem::InvalidInput(format!(
                        "`{key}` is no picture, expected a name from `image.name`"
                    )));
                };
                pictures.insert(name.clone(), picture);
            }
        }
        let open = Arc::new(());
        let place = open.clone();
        let over = Arc::new(AtomicBool::new(false));
        let stop = self.job.stop.child();
        let (services, told, asked) = (self.job.services.clone(), over.clone(), stop.clone());
        let drawing = away::begin("aquatint-drawing", move || {
            let drawn = services.draw(changes, pictures, &asked);
            drop(place);
            told.store(true, Ordering::Release);
            drawn
        })?;
        self.drawings.push(Arc::downgrade(&open));
        Ok(self.table.push(Ticket {
            drawing: Some(drawing),
            over,
            stop,
            cancelled: false,
            open: Some(open),
        })?)
    }
}

impl generate::HostTicket for Guest {
    fn done(&mut self, ticket: Resource<Ticket>) -> wasmtime::Result<bool> {
        self.count();
        Ok(self.table.get(&ticket)?.is_over())
    }

    async fn wait(
        &mut self,
        ticket: Resource<Ticket>,
    ) -> Result<Vec<Resource<HeldPicture>>, Refused> {
        self.count();
        let ticket = self.table.get_mut(&ticket)?;
        if ticket.cancelled {
            return refuse(Problem::Cancelled);
        }
        let Some(drawing) = ticket.drawing.take() else {
            return refuse(Problem::NotFound(
                "the pictures of this request were handed out already".to_owned(),
            ));
        };
        let open = ticket.open.take();
        // Drawing is the host's time, not the plugin's.
        let paused = self.deadline.pause();
        let pictures = away::end(drawing, "drawing ended without a result").await;
        drop((paused, open));
        // Made by the host, and the plugin's from now on.
        let mut handles = Vec::new();
        for picture in pictures? {
            handles.push(self.hold_picture(picture)?);
        }
        Ok(handles)
    }

    fn cancel(&mut self, ticket: Resource<Ticket>) -> wasmtime::Result<()> {
        self.count();
        let ticket = self.table.get_mut(&ticket)?;
        ticket.cancelled = true;
        ticket.stop.set();
        ticket.drawing = None;
        ticket.open = None;
        Ok(())
    }

    fn drop(&mut self, ticket: Resource<Ticket>) -> wasmtime::Result<()> {
        self.table.delete(ticket)?;
        Ok(())
    }
}
