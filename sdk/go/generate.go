package aquatint

import (
	"aquatint/made/aquatint_plugin_generate"

	"aquatint/internal/problems"
)

// Ticket is a request that was handed in.
type Ticket struct {
	ticket *aquatint_plugin_generate.Ticket
}

// Submit hands in the job's own request with some fields changed, in the hook `script`. Several may be handed in before
// the first is waited for.
func Submit(changes Request) (*Ticket, error) {
	params, err := changes.params()
	if err != nil {
		return nil, err
	}
	ticket, err := problems.Value(aquatint_plugin_generate.Submit(params))
	if err != nil {
		return nil, err
	}
	return &Ticket{ticket}, nil
}

// Done says whether Wait would return at once.
func (t *Ticket) Done() bool {
	return t.ticket.Done()
}

// Wait waits for the pictures. A second call finds none.
func (t *Ticket) Wait() ([]*Picture, error) {
	images, err := problems.Value(t.ticket.Wait())
	pictures := make([]*Picture, 0, len(images))
	for _, image := range images {
		pictures = append(pictures, &Picture{image})
	}
	return pictures, err
}

// Cancel gives up.
func (t *Ticket) Cancel() {
	t.ticket.Cancel()
}
