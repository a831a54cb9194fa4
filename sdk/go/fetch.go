package aquatint

import (
	"aquatint/made/aquatint_plugin_fetch"

	"aquatint/internal/hooks"
	"aquatint/internal/problems"
	"aquatint/internal/wit/runtime"
	"aquatint/internal/wit/types"
)

// Call is a request over HTTPS.
type Call struct {
	// GET if it is empty.
	Method string
	URL    string
	// Names and values.
	Headers [][2]string
	Body    []byte
	// `timeout` (int, milliseconds), `max-bytes` (int), `redirects` (bool).
	Options Request
}

// Response is what came back. Any status is a response.
type Response struct {
	Status int
	// Names in lower case.
	Headers [][2]string
	Body    []byte
}

var methods = map[string]aquatint_plugin_fetch.Method{
	"":       aquatint_plugin_fetch.MethodGet,
	"GET":    aquatint_plugin_fetch.MethodGet,
	"HEAD":   aquatint_plugin_fetch.MethodHead,
	"POST":   aquatint_plugin_fetch.MethodPost,
	"PUT":    aquatint_plugin_fetch.MethodPut,
	"PATCH":  aquatint_plugin_fetch.MethodPatch,
	"DELETE": aquatint_plugin_fetch.MethodDelete,
}

// Fetch sends a request and waits for all of the response. It needs the permission `net` for the host.
func Fetch(call Call) (*Response, error) {
	method, known := methods[call.Method]
	if !known {
		return nil, InvalidInput.Errorf("method is %q, expected GET, HEAD, POST, PUT, PATCH or DELETE", call.Method)
	}
	options, err := call.Options.params()
	if err != nil {
		return nil, err
	}
	request := aquatint_plugin_fetch.Request{
		Method:  method,
		Url:     call.URL,
		Headers: make([]types.Tuple2[string, string], 0, len(call.Headers)),
		Body:    call.Body,
		Options: []hooks.Param(options),
	}
	for _, header := range call.Headers {
		request.Headers = append(request.Headers, types.Tuple2[string, string]{F0: header[0], F1: header[1]})
	}
	given, err := problems.Value(aquatint_plugin_fetch.Send(request))
	if err != nil {
		return nil, err
	}
	response := &Response{Status: int(given.Status), Body: runtime.Take(given.Body)}
	for _, header := range given.Headers {
		response.Headers = append(response.Headers, [2]string{header.F0, header.F1})
	}
	return response, nil
}
