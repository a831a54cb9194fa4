import { submit } from "aquatint:plugin/generate@0.1.0";
import { request } from "aquatint:plugin/job@0.1.0";
import { wrapPicture } from "./picture.js";
import { ask } from "./problem.js";
import { Resource, handle } from "./resource.js";
import { toParams } from "./values.js";

const NOUN = "ticket";

export class Ticket extends Resource {
  constructor(raw) {
    super(raw, NOUN);
  }

  get done() {
    return handle(this, Ticket, NOUN).done();
  }

  wait() {
    return ask(() => handle(this, Ticket, NOUN).wait()).map(wrapPicture);
  }

  cancel() {
    handle(this, Ticket, NOUN).cancel();
  }
}

export function generate(changes = {}) {
  const params = toParams(changes, request());
  return new Ticket(ask(() => submit(params)));
}

export function draw(changes = {}) {
  const ticket = generate(changes);
  try {
    return ticket.wait();
  } finally {
    ticket.dispose();
  }
}
