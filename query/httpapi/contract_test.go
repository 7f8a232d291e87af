package httpapi

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"
)

// contract is the golden document made strict: an answer may not hold a field that
// is not in it.
var contract = sync.OnceValues(func() (routers.Router, error) {
	document, err := openapi3.NewLoader().LoadFromFile(goldenDocument)
	if err != nil {
		return nil, err
	}
	for name, schema := range document.Components.Schemas {
		if name == "Problem" || name == "IngestReceipt" { // parts of RejectedReceipt
			continue
		}
		if len(schema.Value.Properties) > 0 && schema.Value.AdditionalProperties.Schema == nil {
			schema.Value.AdditionalProperties.Has = openapi3.Ptr(false)
		}
	}
	return legacy.NewRouter(document)
})

// keepsContract holds an answer of the API against the OpenAPI document: its status,
// its media type and every field of its body.
func keepsContract(t testing.TB, request *http.Request, r *httptest.ResponseRecorder) {
	t.Helper()
	router, err := contract()
	if err != nil {
		t.Fatal(err)
	}
	route, parameters, err := router.FindRoute(request)
	var none *routers.RouteError
	if errors.As(err, &none) { // answered with a problem that every address may give
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	contentType := r.Header().Get("Content-Type")
	if !strings.Contains(contentType, "json") || contentType == "application/x-ndjson" || r.Header().Get("Content-Encoding") != "" {
		return
	}
	options := &openapi3filter.Options{IncludeResponseStatus: true}
	input := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: request, Route: route, PathParams: parameters, Options: options},
		Status:                 r.Code, Header: r.Header(), Options: options,
	}
	input.SetBodyBytes(r.Body.Bytes())
	if err := openapi3filter.ValidateResponse(t.Context(), input); err != nil {
		t.Errorf("%s %s breaks the contract: %.2000s", request.Method, clip(request.URL.String(), 200), err)
	}
}
