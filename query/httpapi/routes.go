package httpapi

import "net/http"

const (
	get  = http.MethodGet
	post = http.MethodPost
	del  = http.MethodDelete
)

// apiPrefix is where the machine-readable part of the server lives; below it every
// failure is a problem document, never a page.
const apiPrefix = "/api/v1/"

// routes is the whole server at a glance: what is asked, by whom, what of it a caller
// held to an area gets, how long an answer may be kept, what it costs, which parameters
// it takes, who answers it.
func (s *Server) routes() []route {
	return []route{
		{get, "/api/v1/catalog", watchers, narrowed, revalidated, question, "", s.catalog, nil, one("catalog", "Catalog", "The programme: measures, indicators, agencies, tasks, scenes")},
		{get, "/api/v1/units", watchers, narrowed, revalidated, light, "within level date boundaries part cursor", s.units, nil, many("units", "Unit", "Administrative units of a boundary set, or of a day")},
		{get, "/api/v1/units/{code}", watchers, noFigures, revalidated, light, "date boundaries", s.unit, nil, one("unit", "UnitDetail", "A unit, where it lies, its neighbours, what it came from and what it became")},
		{get, "/api/v1/boundaries", watchers, noFigures, revalidated, light, "", s.boundaries, nil, many("boundaries", "BoundarySet", "Boundary sets and where their tiles are")},
		{get, "/api/v1/boundaries/{set}/units.topojson", watchers, noFigures, immutable, light, "detail v", nil, s.topoJSON, one("topojson", "", "A boundary set with all its levels as TopoJSON")},
		{get, "/api/v1/boundaries/{set}/units.geojson", watchers, noFigures, immutable, light, "level detail v", nil, s.geoJSON, one("geojson", "", "The units of a level of a boundary set as GeoJSON")},
		{get, "/api/v1/search", readers, narrowed, revalidated, light, "q hits boundaries", s.search, nil, many("search", "SearchHit", "Units, indicators, tasks and agencies by name, with or without diacritics")},

		{get, "/api/v1/indicators/{id}/values", watchers, narrowed, revalidated, question, "units within level period as_of boundaries", s.values, nil, many("values", "Value", "An indicator in many units at one period")},
		{get, "/api/v1/indicators/{id}/series", readers, narrowed, revalidated, question, "unit kind from to as_of boundaries", s.series, nil, many("series", "SeriesPoint", "An indicator in one unit over time")},
		{get, "/api/v1/indicators/{id}/ranking", watchers, narrowed, revalidated, question, "within level period as_of boundaries", s.ranking, nil, many("ranking", "RankingRow", "Units by an indicator, with movement since the period before")},
		{get, "/api/v1/indicators/{id}/breakdown", readers, narrowed, revalidated, question, "unit by period as_of boundaries", s.breakdown, nil, many("breakdown", "BreakdownRow", "An indicator in one unit by a dimension")},
		{get, "/api/v1/indicators/{id}/distribution", watchers, narrowed, revalidated, question, "units within level period method classes breaks as_of boundaries", s.distribution, nil, one("distribution", "Distribution", "How an indicator spreads over units, with classes for a map")},
		{get, "/api/v1/indicators/{id}/comparison", readers, narrowed, revalidated, question, "unit period as_of boundaries", s.comparison, nil, one("comparison", "Comparison", "A unit beside its past, the units above and units of its size")},
		{get, "/api/v1/indicators/{id}/outlook", readers, narrowed, revalidated, question, "unit kind as_of boundaries", s.outlook, nil, one("outlook", "Outlook", "The way to the target, the pace it takes and an honest projection")},
		{get, "/api/v1/profile", watchers, narrowed, revalidated, question, "unit indicators period as_of boundaries", s.profile, nil, many("profile", "ProfileRow", "A unit by many indicators at once, each for the period or the nearest it is told for")},
		{get, "/api/v1/population", watchers, narrowed, revalidated, question, "unit residence period date as_of boundaries", s.population, nil, one("population", "Population", "Population of a unit by sex, age and residence, with ratios, density, growth and the censuses beside it")},
		{get, "/api/v1/tasks", watchers, narrowed, revalidated, question, "task unit group agency status taskdetail date as_of boundaries part cursor", s.tasks, nil, many("tasks", "Task", "Tasks of the plan and the state of their assignments")},
		{get, "/api/v1/completion", watchers, narrowed, revalidated, question, "within level by task group agency date as_of boundaries", s.completion, nil, many("completion", "CompletionRow", "Completion of tasks by unit")},
		{get, "/api/v1/obstacles", readers, narrowed, revalidated, question, "unit agency task date as_of boundaries part cursor", s.obstacles, nil, many("obstacles", "Obstacle", "What holds assignments up, since when, and who can clear it; the oldest first")},
		{get, "/api/v1/quality", insiders, narrowed, revalidated, question, "period indicator agency as_of", s.quality, nil, one("quality", "Quality", "How whole, punctual and sound what was reported for a period is, by measure and agency")},
		{get, "/api/v1/reports", watchers, narrowed, revalidated, question, "period agency unit level as_of", s.reports, nil, one("reports", "Reports", "Who has reported for a period: expected, in time, late and missing, by agency, unit and measure")},
		{get, "/api/v1/submissions", insiders, narrowed, revalidated, question, "agency of about state page cursor", s.submissions, nil, many("submissions", "Submission", "What was sent, newest first")},
		{get, "/api/v1/submissions/{id}/rejections", insiders, narrowed, revalidated, question, "part cursor", s.rejections, nil, many("rejections", "Rejection", "Rows of a submission that were refused or doubtful, and why")},
		{get, "/api/v1/submissions/{id}/rejections.csv", insiders, narrowed, unstored, question, "", nil, s.rejectionsTable, one("rejectionsTable", "", "The same as a table for spreadsheets, in both languages")},
		{get, "/api/v1/audit", insiders, narrowed, unstored, question, "caller action since until submission page cursor", s.audit, nil, many("audit", "AuditEntry", "The record of changes: who did what, when; newest first")},
		{get, "/api/v1/templates/{dataset}", readers, noFigures, unstored, question, "agency unit period", nil, s.template, one("template", "", "A workbook to report in, made from the catalogue for an agency, a unit and a period")},
		{get, "/api/v1/provenance", readers, narrowed, revalidated, question, "indicator unit period inputs as_of boundaries", s.provenance, nil, one("provenance", "Provenance", "The reported figures and revisions a value was computed from")},

		{get, "/api/v1/provenance/history", readers, narrowed, revalidated, question, "indicator unit period history as_of boundaries", s.history, nil, many("history", "HistoryRow", "Since when a value has been known, and what it was before each correction")},

		{get, "/api/v1/publications", readers, wholeOnly, unstored, light, "page cursor", s.publications, nil, many("publications", "ListedPublication", "What was published, newest first")},
		{get, "/api/v1/publications/{name}", readers, wholeOnly, revalidated, light, "", s.publication, nil, one("publication", "Publication", "A publication and what it rests on")},
		{get, "/api/v1/publications/{name}/content", readers, wholeOnly, revalidated, light, "", nil, s.publishedContent, one("publishedContent", "", "The bytes that were published, a line for each answer")},
		{get, "/api/v1/publications/{name}/rebuilt", readers, wholeOnly, unstored, light, "", s.rebuild, nil, one("rebuilt", "RebuiltPublication", "The publication made again from the rows, and whether it is the same")},
		{post, "/api/v1/publications", approvers, wholeOnly, unstored, light, "", nil, s.publish, one("publish", "Publication", "Publish answers as of an instant, to be rebuilt at any time")},

		{get, "/api/v1/events", watchers, narrowed, unstored, stream, "@Last-Event-ID", nil, s.events, one("events", "", "Server-sent events: hello, change, tick, reset (ChangeEvent, HelloEvent, TickEvent)")},
		{post, "/api/v1/walls/failures", watchers, noFigures, unstored, light, "", nil, s.wallFailure, one(sceneFailed, "", "A wall tells which of its scenes it had to leave out")},
		{get, "/api/v1/openapi.json", anyone, noFigures, revalidated, light, "", nil, s.openAPI, one("openapi", "", "This document")},
		{get, "/api/v1/session", watchers, noFigures, unstored, light, "", nil, s.session, one("session", "Session", "Who the server takes you for; renews a browser's session")},
		{post, "/api/v1/session", watchers, noFigures, unstored, light, "", nil, s.openSession, one("open_session", "Session", "Exchange a token for a browser's session cookie, good for looking only")},
		{del, "/api/v1/session", anyone, noFigures, unstored, light, "", nil, s.closeSession, one("close_session", "", "Make the browser forget its session")},
		{post, "/api/v1/ingest/{dataset}", senders, narrowed, unstored, intake, "wait dry_run annotate @Idempotency-Key @X-Agency", nil, s.ingest, one("ingest", "", "Send figures, rows of population or task progress")},

		{get, "/tiles/{set}/{z}/{x}/{y}.mvt", watchers, noFigures, immutable, light, "v", nil, s.tile, one("tile", "", "A vector tile with the layers units, borders and labels")},
		{get, "/healthz", anyone, noFigures, unstored, light, "", nil, s.healthz, one("healthz", "", "The process is up")},
		{get, "/readyz", anyone, noFigures, unstored, light, "", nil, s.readyz, one("readyz", "", "The journal takes figures and the warehouse answers")},
		{get, "/metrics", scrapers, wholeOnly, unstored, light, "", nil, s.exposition, one("metrics", "", "Figures for Prometheus")},

		{get, "/", anyone, noFigures, revalidated, light, "", nil, s.page, page()},
		{get, "/units/{code}", anyone, noFigures, revalidated, light, "", nil, s.page, page()},
		{get, "/tasks", anyone, noFigures, revalidated, light, "", nil, s.page, page()},
		{get, "/reports", anyone, noFigures, revalidated, light, "", nil, s.page, page()},
		{get, "/calendar", anyone, noFigures, revalidated, light, "", nil, s.page, page()},
		{get, "/wall/{scenes}", anyone, noFigures, revalidated, light, "", nil, s.page, page()},
		{get, "/docs", anyone, noFigures, revalidated, light, "", nil, s.reference, page()},
		{get, "/docs/{file}", anyone, noFigures, revalidated, light, "", nil, s.reference, page()},
		{get, "/assets/{file}", anyone, noFigures, immutable, light, "", nil, s.asset, page()},
	}
}
