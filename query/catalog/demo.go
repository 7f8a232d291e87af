package catalog

// DemoModel says how demonstration figures are made.
type DemoModel struct{}
