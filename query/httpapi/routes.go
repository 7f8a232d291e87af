package httpapi

import "net/http"

const (
	get  = http.MethodGet
	post = http.MethodPost
)

// apiPrefix is where the machine-readable part of the server lives; below it every
// failure is a problem document, never a page.
const apiPrefix = "/api/v1/"

// routes is the whole server at a glance: what is asked, by whom, how long an
// answer may be kept, what it costs, which parameters it takes, who answers it.
func (s *Server) routes() []route {
	return []route{
		{get, "/api/v1/catalog", readers, revalidated, question, "", s.catalog, nil, one("catalog", "Catalog", "The programme: measures, indicators, agencies, tasks, scenes")},
		{get, "/api/v1/units", readers, revalidated, light, "within level date boundaries", s.units, nil, many("units", "Unit", "Administrative units of a boundary set, or of a day")},
		{get, "/api/v1/units/{code}", readers, revalidated, light, "date boundaries", s.unit, nil, one("unit", "UnitDetail", "A unit, where it lies, its neighbours, what it came from and what it became")},
		{get, "/api/v1/boundaries", readers, revalidated, light, "", s.boundaries, nil, many("boundaries", "BoundarySet", "Boundary sets and where their tiles are")},
		{get, "/api/v1/boundaries/{set}/units.topojson", readers, immutable, light, "detail v", nil, s.topoJSON, one("topojson", "", "A boundary set with all its levels as TopoJSON")},
		{get, "/api/v1/boundaries/{set}/units.geojson", readers, immutable, light, "level detail v", nil, s.geoJSON, one("geojson", "", "The units of a level of a boundary set as GeoJSON")},
		{get, "/api/v1/search", readers, revalidated, light, "q hits boundaries", s.search, nil, many("search", "SearchHit", "Units, indicators, tasks and agencies by name, with or without diacritics")},

		{get, "/api/v1/indicators/{id}/values", readers, revalidated, question, "units within level period as_of boundaries", s.values, nil, many("values", "Value", "An indicator in many units at one period")},
		{get, "/api/v1/indicators/{id}/series", readers, revalidated, question, "unit kind from to as_of boundaries", s.series, nil, many("series", "SeriesPoint", "An indicator in one unit over time")},
		{get, "/api/v1/indicators/{id}/ranking", readers, revalidated, question, "within level period as_of boundaries", s.ranking, nil, many("ranking", "RankingRow", "Units by an indicator, with movement since the period before")},
		{get, "/api/v1/indicators/{id}/breakdown", readers, revalidated, question, "unit by period as_of boundaries", s.breakdown, nil, many("breakdown", "BreakdownRow", "An indicator in one unit by a dimension")},
		{get, "/api/v1/indicators/{id}/distribution", readers, revalidated, question, "units within level period method classes breaks as_of boundaries", s.distribution, nil, one("distribution", "Distribution", "How an indicator spreads over units, with classes for a map")},
		{get, "/api/v1/indicators/{id}/comparison", readers, revalidated, question, "unit period as_of boundaries", s.comparison, nil, one("comparison", "Comparison", "A unit beside its past, the units above and units of its size")},
		{get, "/api/v1/indicators/{id}/outlook", readers, revalidated, question, "unit kind as_of boundaries", s.outlook, nil, one("outlook", "Outlook", "The way to the target, the pace it takes and an honest projection")},
		{get, "/api/v1/population", readers, revalidated, question, "unit residence period date as_of boundaries", s.population, nil, one("population", "Population", "Population of a unit by sex, age and residence, with ratios, density, growth and the censuses beside it")},
		{get, "/api/v1/tasks", readers, revalidated, question, "task unit agency status detail date as_of", s.tasks, nil, many("tasks", "Task", "Tasks of the plan and the state of their assignments")},
		{get, "/api/v1/completion", readers, revalidated, question, "within level by date as_of boundaries", s.completion, nil, many("completion", "CompletionRow", "Completion of tasks by unit")},
		{get, "/api/v1/obstacles", readers, revalidated, question, "unit agency task date as_of", s.obstacles, nil, many("obstacles", "Obstacle", "What holds assignments up, since when, and who can clear it; the oldest first")},
		{get, "/api/v1/submissions", readers, revalidated, question, "page cursor", s.submissions, nil, many("submissions", "Submission", "What was sent, newest first")},
		{get, "/api/v1/submissions/{id}/rejections", readers, revalidated, question, "", s.rejections, nil, many("rejections", "Rejection", "Rows of a submission that were refused or doubtful, and why")},
		{get, "/api/v1/submissions/{id}/rejections.csv", readers, unstored, question, "", nil, s.rejectionsTable, one("rejectionsTable", "", "The same as a table for spreadsheets, in both languages")},
		{get, "/api/v1/templates/{dataset}", readers, unstored, question, "agency unit period", nil, s.template, one("template", "", "A workbook to report in, made from the catalogue for an agency, a unit and a period")},
		{get, "/api/v1/provenance", readers, revalidated, question, "indicator unit period inputs as_of boundaries", s.provenance, nil, one("provenance", "Provenance", "The reported figures and revisions a value was computed from")},

		{get, "/api/v1/events", readers, unstored, stream, "@Last-Event-ID", nil, s.events, one("events", "", "Server-sent events: hello, change, tick, reset (ChangeEvent, HelloEvent, TickEvent)")},
		{get, "/api/v1/openapi.json", anyone, revalidated, light, "", nil, s.openAPI, one("openapi", "", "This document")},
		{post, "/api/v1/ingest/{dataset}", reporters, unstored, intake, "wait dry_run annotate @Idempotency-Key @X-Agency", nil, s.ingest, one("ingest", "", "Send figures, rows of population or task progress")},

		{get, "/tiles/{set}/{z}/{x}/{y}.mvt", readers, immutable, light, "v", nil, s.tile, one("tile", "", "A vector tile with the layers units, borders and labels")},
		{get, "/healthz", anyone, unstored, light, "", nil, s.healthz, one("healthz", "", "The process is up")},
		{get, "/readyz", anyone, unstored, light, "", nil, s.readyz, one("readyz", "", "The journal takes figures and the warehouse answers")},
		{get, "/metrics", operators, unstored, light, "", nil, s.exposition, one("metrics", "", "Figures for Prometheus")},

		{get, "/", anyone, revalidated, light, "", nil, s.page, page()},
		{get, "/units/{code}", anyone, revalidated, light, "", nil, s.page, page()},
		{get, "/tasks", anyone, revalidated, light, "", nil, s.page, page()},
		{get, "/wall/{scenes}", anyone, revalidated, light, "", nil, s.page, page()},
		{get, "/assets/{file}", anyone, immutable, light, "", nil, s.asset, page()},
	}
}
