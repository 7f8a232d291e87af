package engine

import (
	"bytes"
	_ "embed"
	"encoding/xml"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/template"
)

//go:embed config.xml.tmpl
var configTemplate string

//go:embed users.xml.tmpl
var usersTemplate string

// startQueries make an embedded ClickHouse a server.
const startQueries = "SYSTEM START LISTEN QUERIES ALL;\n"

const (
	configFile = "config.xml"
	usersFile  = "users.xml"
	startFile  = "start.sql"
	storeDir   = "store"
)

// tableEngines are those the service user may make tables with: nothing that
// reads or writes outside of the database.
var tableEngines = []string{
	"MergeTree", "AggregatingMergeTree", "ReplacingMergeTree", "SummingMergeTree", "Memory",
}

// systemTables are those a client of the warehouse has a use for. What they
// show is limited to the databases the user has rights on.
var systemTables = []string{
	"columns", "databases", "merges", "metrics", "mutations", "numbers", "one", "parts", "processes", "settings", "tables",
}

// configuration is what the templates are filled from.
type configuration struct {
	endpoint
	Dir         string
	MemoryBytes uint64
	Grants      []string
}

func (c configuration) Store() string        { return filepath.Join(c.Dir, storeDir) }
func (c configuration) CacheBytes() uint64   { return c.MemoryBytes / 8 }
func (c configuration) PasswordHash() string { return c.passwordHash() }

// writeConfiguration writes the server's files into dir. Users live in a file
// because this hosting has no writable access storage.
func writeConfiguration(cfg Config, ep endpoint) error {
	values := configuration{endpoint: ep, Dir: cfg.Dir, MemoryBytes: cfg.MemoryBytes, Grants: grants(cfg.Databases)}
	for name, text := range map[string]string{configFile: configTemplate, usersFile: usersTemplate, startFile: startQueries} {
		content, err := render(name, text, values)
		if err != nil {
			return err
		}
		if err := writePrivate(filepath.Join(cfg.Dir, name), content); err != nil {
			return err
		}
	}
	return nil
}

func render(name, text string, values configuration) ([]byte, error) {
	parsed, err := template.New(name).Funcs(template.FuncMap{"xml": escapeXML}).Parse(text)
	if err != nil {
		return nil, fmt.Errorf("parse the template of %s: %w", name, err)
	}
	var out bytes.Buffer
	if err := parsed.Execute(&out, values); err != nil {
		return nil, fmt.Errorf("fill %s: %w", name, err)
	}
	return out.Bytes(), nil
}

func escapeXML(text string) (string, error) {
	var out strings.Builder
	err := xml.EscapeText(&out, []byte(text))
	return out.String(), err
}

// grants lists the service user's rights: everything within its databases,
// nothing around them. Without a list ClickHouse would give it all rights,
// reading /etc/passwd through file() among them.
func grants(databases []string) []string {
	var list []string
	for _, name := range withDatabase(databases) {
		list = append(list, "GRANT SHOW, SELECT, INSERT, ALTER, CREATE DATABASE, CREATE TABLE, CREATE VIEW, "+
			"DROP DATABASE, DROP TABLE, DROP VIEW, TRUNCATE, OPTIMIZE ON "+name+".*")
	}
	for _, name := range systemTables {
		list = append(list, "GRANT SELECT ON system."+name)
	}
	for _, name := range tableEngines {
		list = append(list, "GRANT TABLE ENGINE ON "+name)
	}
	return append(list, "GRANT CREATE TEMPORARY TABLE ON *.*")
}

func withDatabase(databases []string) []string {
	if slices.Contains(databases, Database) {
		return databases
	}
	return append([]string{Database}, databases...)
}

// makeDir makes the engine's directory and closes it to others.
func makeDir(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make the engine directory: %w", err)
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		return fmt.Errorf("close the engine directory to others: %w", err)
	}
	return nil
}
