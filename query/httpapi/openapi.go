package httpapi

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
)

// schemaFiles hold the components of the document, written by hand, each file those of a duty.
//
//go:embed schemas/*.json
var schemaFiles embed.FS

// components reads them together; no component has two definitions.
func components() (map[string]object, error) {
	files, err := fs.Glob(schemaFiles, "schemas/*.json")
	if err != nil {
		return nil, err
	}
	all := map[string]object{}
	for _, name := range files {
		text, err := schemaFiles.ReadFile(name)
		if err != nil {
			return nil, err
		}
		var some map[string]object
		if err := json.Unmarshal(text, &some); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		for component, schema := range some {
			if all[component] != nil {
				return nil, fmt.Errorf("%s: %s is defined twice", name, component)
			}
			all[component] = schema
		}
	}
	return all, nil
}

// document composes the OpenAPI 3.1 description from the route table, the
// parameters and the hand-written schemas. openapi.json beside this file is its
// golden copy: the front end generates its types from it.
func document(routes []route) ([]byte, error) {
	schemas, err := components()
	if err != nil {
		return nil, err
	}
	paths, known := map[string]object{}, vocabulary()
	for _, r := range routes {
		if r.doc == page() {
			continue
		}
		params, err := parametersOf(r, known)
		if err != nil {
			return nil, err
		}
		if r.doc.schema != "" {
			schemas[r.doc.schema+"Envelope"] = envelopeSchema(r.doc)
		}
		if paths[r.path] == nil {
			paths[r.path] = object{}
		}
		paths[r.path][strings.ToLower(r.method)] = r.operation(params, schemas)
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	err = encoder.Encode(object{
		"openapi": "3.1.1",
		"info": object{
			"title":       "Toàn Cảnh",
			"version":     "1",
			"description": "Aggregate figures of a programme by administrative unit. Answers come in the envelope {data, meta}; errors follow RFC 9457; unknown query parameters are refused. Every answer carries the data version it has seen.",
			"license":     object{"name": "Apache-2.0", "identifier": "Apache-2.0"},
		},
		"servers": []object{{"url": "/"}},
		"paths":   paths,
		"components": object{
			"schemas":         schemas,
			"securitySchemes": securitySchemes(),
			"responses": object{"Problem": object{
				"description": "A problem",
				"content":     object{"application/problem+json": object{"schema": ref("Problem"), "example": example(schemas, "Problem")}},
			}},
		},
	})
	return out.Bytes(), err
}

// envelopeSchema is {data, meta} around the component of the route.
func envelopeSchema(d doc) object {
	data := ref(d.schema)
	if d.many {
		data = object{"type": "array", "items": ref(d.schema)}
	}
	return object{"type": "object", "required": []string{"data", "meta"}, "properties": object{"data": data, "meta": ref("Meta")}}
}

// example gives the first hand-written example of a component.
func example(schemas map[string]object, name string) any {
	examples, _ := schemas[name]["examples"].([]any)
	if len(examples) == 0 {
		return nil
	}
	return examples[0]
}

func (r route) operation(params []*param, schemas map[string]object) object {
	operation := object{
		"operationId": r.doc.id,
		"summary":     r.doc.summary,
		"responses":   r.responses(schemas),
		"x-access":    string(r.access),
		"x-area":      string(r.reach),
		"x-cache":     string(r.cache),
		"security":    r.security(),
	}
	if roles := admits[r.access]; len(roles) > 0 {
		operation["x-roles"] = roles
	}
	if len(params) > 0 {
		operation["parameters"] = parameterObjects(params)
	}
	if r.doc.id == "publish" {
		operation["requestBody"] = object{"required": true, "content": object{"application/json": object{"schema": ref("PublicationDraft"), "example": example(schemas, "PublicationDraft")}}}
	}
	if r.doc.id == sceneFailed {
		operation["requestBody"] = object{"required": true, "content": object{"application/json": object{"schema": ref("SceneFailure"), "example": example(schemas, "SceneFailure")}}}
	}
	if r.work == intake {
		operation["requestBody"] = intakeBody()
	}
	return operation
}

// security names the ways to say who one is: a session is for looking, and opening one needs the token itself.
func (r route) security() []object {
	switch {
	case r.access == anyone:
		return []object{}
	case r.takesSession():
		return []object{{"token": []string{}}, {"session": []string{}}, {"secure_session": []string{}}}
	default:
		return []object{{"token": []string{}}}
	}
}

// securitySchemes are described once for all routes.
func securitySchemes() object {
	cookie := func(name, description string) object {
		return object{"type": "apiKey", "in": "cookie", "name": name, "description": description}
	}
	return object{
		"token":          object{"type": "http", "scheme": "bearer", "description": "An access token, toancanh_ID_SECRET, of `toancanh token add`. x-roles lists the roles a route admits; x-area says what a token held to an area gets: no_figures, the same as everybody; narrowed, its area only; whole_only, nothing. Where no token was ever made none is needed, and the server listens on loopback only."},
		"session":        cookie(plainCookie, "What a browser keeps after POST /api/v1/session; for GET and HEAD, and for POST "+failuresPath+"."),
		"secure_session": cookie(secureCookie, "The same over TLS."),
	}
}

func parameterObjects(params []*param) []object {
	out := make([]object, len(params))
	for i, p := range params {
		out[i] = object{"name": p.name, "in": p.in, "description": p.description, "schema": p.schema, "example": p.example}
		if p.in == "path" {
			out[i]["required"] = true
		}
	}
	return out
}

// responses of a route: its own success, then the problems its kind of work may meet.
func (r route) responses(schemas map[string]object) object {
	out := r.success(schemas)
	failures := r.failures()
	if r.access != anyone {
		failures = append(failures, 401, 403, 429)
	}
	for _, status := range failures {
		out[strconv.Itoa(status)] = object{"$ref": "#/components/responses/Problem"}
	}
	out["default"] = object{"$ref": "#/components/responses/Problem"} // wrong host, wrong method, a fault of ours
	return out
}

func (r route) success(schemas map[string]object) object {
	switch {
	case r.doc.schema == "Session":
		return object{"200": r.enveloped(schemas)}
	case r.doc.id == "close_session":
		return object{"204": object{"description": "Forgotten"}}
	case r.exported():
		answer := r.enveloped(schemas)
		files := answer["content"].(object)
		files["text/csv"] = object{"schema": object{"type": "string"}}
		files[workbookType] = object{"schema": object{"type": "string", "format": "binary"}}
		return object{"200": answer, "304": object{"description": "Not changed since If-None-Match"}}
	case r.handle != nil:
		return object{"200": r.enveloped(schemas), "304": object{"description": "Not changed since If-None-Match"}}
	case r.doc.id == "events":
		return object{"200": content("text/event-stream", "Events until the caller leaves", object{"type": "string"}, nil)}
	case r.doc.id == "ingest":
		receipt := example(schemas, "IngestReceipt")
		return object{
			"200": content("application/json", "Accepted rows are queryable, or dry_run: nothing was kept", ref("IngestReceipt"), receipt),
			"202": content("application/json", "Accepted rows are durable", ref("IngestReceipt"), receipt),
			"422": content("application/problem+json", "Every row was refused", ref("RejectedReceipt"), nil),
		}
	case r.doc.id == "publish":
		return object{"201": r.enveloped(schemas)}
	case r.doc.id == sceneFailed:
		return object{"204": object{"description": "Counted and logged"}}
	case r.doc.id == "publishedContent":
		return object{"200": content("application/x-ndjson", "A line with what it rests on, then a line {question, data, meta} for each answer", object{"type": "string"}, nil), "304": object{"description": "Not changed since If-None-Match"}}
	case r.doc.id == "template":
		return object{"200": content(workbookType, "The workbook", object{"type": "string", "format": "binary"}, nil)}
	case r.doc.id == "rejectionsTable":
		return object{"200": content("text/csv", "The table", object{"type": "string"}, nil)}
	case r.doc.id == "tile":
		return object{
			"200": content("application/vnd.mapbox-vector-tile", "The tile, gzip-compressed where accepted", object{"type": "string"}, nil),
			"204": object{"description": "Nothing is drawn here"},
			"304": object{"description": "Not changed since If-None-Match"},
		}
	case r.doc.id == "topojson", r.doc.id == "geojson":
		return object{
			"200": content("application/"+strings.TrimSuffix(r.doc.id, "json")+"+json", "The document, gzip-compressed where accepted; member boundaries gives set, version, source and licence", object{"type": "object"}, nil),
			"304": object{"description": "Not changed since If-None-Match"},
		}
	case r.doc.id == "openapi":
		return object{"200": content("application/json", "The document", object{"type": "object"}, nil), "304": object{"description": "Not changed since If-None-Match"}}
	default:
		return object{"200": content("text/plain", "Text", object{"type": "string"}, nil)}
	}
}

func (r route) failures() []int {
	switch {
	case r.doc.id == "publish":
		return []int{400, 404, 409, 413, 422, 503}
	case r.doc.id == sceneFailed:
		return []int{400, 404, 413, 429}
	case r.doc.id == "publishedContent":
		return []int{400, 404, 503}
	case r.doc.id == "rebuilt":
		return []int{400, 404, 422, 503}
	case r.work == intake:
		return []int{400, 404, 409, 413, 415, 503}
	case r.work == question:
		return []int{400, 404, 422, 503}
	case r.handle != nil:
		return []int{400, 404, 503}
	case r.work == stream:
		return []int{400, 503}
	case slices.Contains([]string{"tile", "topojson", "geojson"}, r.doc.id):
		return []int{400, 404, 503}
	case r.doc.id == "readyz":
		return []int{503}
	}
	return nil
}

func (r route) enveloped(schemas map[string]object) object {
	var sample any
	if row := example(schemas, r.doc.schema); row != nil {
		if r.doc.many {
			row = []any{row}
		}
		sample = object{"data": row, "meta": example(schemas, "Meta")}
	}
	return content("application/json", r.doc.summary, ref(r.doc.schema+"Envelope"), sample)
}

func content(mediaType, description string, schema object, sample any) object {
	media := object{"schema": schema}
	if sample != nil {
		media["example"] = sample
	}
	return object{"description": description, "content": object{mediaType: media}}
}

// intakeBody shows the rows of the three datasets as they are sent.
func intakeBody() object {
	lines := object{
		"observations":  object{"value": `{"measure":"vneid_activated","unit":"08707","date":"2022-06-15","value":1234,"dims":{"sex":"female"}}`},
		"population":    object{"value": `{"unit":"08707","date":"2022-06-15","value":57,"age":34,"residence":"permanent","sex":"female"}`},
		"task-progress": object{"value": `{"task":"B.III.2.7","assignee":"unit:246","date":"2022-06-15","status":"in_progress","percent":60,"note":"…"}`},
	}
	list := object{"observations": object{"value": []object{{"measure": "vneid_activated", "unit": "08707", "date": "2022-06-15", "value": 1234, "dims": object{"sex": "female"}}}}}
	table := object{"observations": object{"value": "measure,unit,date,value,dim.sex,note\nvneid_activated,08707,2022-06-15,1234,female,\n"}}
	return object{
		"required":    true,
		"description": "One row a line, a list of rows, or a workbook (a template that was filled in). The body is streamed, so it may be large; Content-Encoding: gzip and zstd are understood.",
		"content": object{
			"application/x-ndjson": object{"schema": object{"type": "string"}, "examples": lines},
			"application/json":     object{"schema": object{"type": "array", "items": object{"type": "object"}}, "examples": list},
			"text/csv":             object{"schema": object{"type": "string"}, "examples": table},
			workbookType:           object{"schema": object{"type": "string", "format": "binary"}},
		},
	}
}
