package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/golang-sql/civil"

	"github.com/toancanh/toancanh/geo"
	"github.com/toancanh/toancanh/query/catalog"
)

// boundaryFlags say how files of boundaries are read.
type boundaryFlags struct {
	Set string `help:"Id of the set, as it stands in addresses; without it the name of the directory or file." placeholder:"ID"`

	Name        string `help:"Name of the set for display."`
	NameEn      string `help:"The same in English."`
	InForceFrom string `help:"First day the units exist; may be left out for a set of the catalogue." placeholder:"YYYY-MM-DD"`
	InForceTo   string `help:"Last day; without it they still do." placeholder:"YYYY-MM-DD"`
	Source      string `help:"Where the boundaries come from, for display; without it the name of the directory or file."`
	Licence     string `help:"Under which licence."`
	Sketch      bool   `help:"The shapes are schematic and no real boundaries; the page says so." name:"schematic"`

	Level      string            `help:"Level of all features; without it the name of the file says it, or a property." placeholder:"LEVEL"`
	Levels     []string          `help:"Levels of the set, the highest first; needed where they are not the usual ones." placeholder:"LEVEL,…"`
	Root       string            `help:"Code of the unit that contains all others." placeholder:"CODE"`
	RootName   string            `help:"Name of a root that is not in the files."`
	RootLevel  string            `help:"Level of a root that is not in the files." placeholder:"LEVEL"`
	PartOf     string            `help:"Code of the larger unit that the root is only a part of." placeholder:"CODE"`
	PartOfName string            `help:"Name of that unit."`
	Where      map[string]string `help:"Read only features with this property." placeholder:"PROPERTY=VALUE"`

	CodeProperty       string `help:"Property with the code, text with its leading zeros." placeholder:"PROPERTY"`
	NameProperty       string `help:"Property with the name." placeholder:"PROPERTY"`
	FullNameProperty   string `help:"Property with the full name." placeholder:"PROPERTY"`
	TypeProperty       string `help:"Property with the type: xã, phường…" placeholder:"PROPERTY"`
	NameEnProperty     string `help:"Property with the name without diacritics." placeholder:"PROPERTY"`
	ParentProperty     string `help:"Property with the code of the containing unit." placeholder:"PROPERTY"`
	LevelProperty      string `help:"Property with the level." placeholder:"PROPERTY"`
	PopulationProperty string `help:"Property with the population, persons." placeholder:"PROPERTY"`
	AreaProperty       string `help:"Property with the area, square kilometres." placeholder:"PROPERTY"`

	Tolerance float64 `default:"0.1" help:"Largest gap or overlap that is only a warning, square kilometres."`
	Repair    bool    `help:"Mend what needs no guessing, and list it: winding, open rings, borders a little apart, small gaps and overlaps."`
	Snap      float64 `default:"1" help:"How far a repair moves corners onto those of a neighbour, metres."`

	JSON bool `name:"json" help:"Print JSON instead of a table."`
}

// read reads files and directories into one import. A set of the catalogue's id takes
// from it what the flags do not say.
func (f *boundaryFlags) read(ctx context.Context, cat *catalog.Catalog, paths []string) (*geo.Import, error) {
	sources, err := f.sources(paths)
	if err != nil {
		return nil, err
	}
	o, err := f.options(cat, paths)
	if err != nil {
		return nil, err
	}
	return geo.ReadImport(ctx, sources, o)
}

func (f *boundaryFlags) sources(paths []string) ([]geo.Source, error) {
	var sources []geo.Source
	for _, path := range paths {
		stat, err := os.Stat(path)
		if err != nil {
			return nil, fmt.Errorf("boundaries: %w", err)
		}
		if !stat.IsDir() {
			sources = append(sources, geo.FileSource(path, f.Level))
			continue
		}
		inside, err := geo.DirSources(path)
		if err != nil {
			return nil, err
		}
		sources = append(sources, inside...)
	}
	return sources, nil
}

func (f *boundaryFlags) options(cat *catalog.Catalog, paths []string) (geo.ImportOptions, error) {
	info, err := f.info(cat, paths)
	if err != nil {
		return geo.ImportOptions{}, err
	}
	if f.Tolerance < 0 || f.Snap < 0 || f.Snap > 100 {
		return geo.ImportOptions{}, errors.New("--tolerance is not negative, and --snap is between 0 and 100 metres")
	}
	rootName := f.RootName
	if known, ok := cat.BoundarySet(f.Set); ok && rootName == "" {
		root, _ := known.Unit(known.Info.Root)
		rootName = root.Name
	}
	return geo.ImportOptions{
		Info: info, Where: f.Where, RootName: rootName, RootLevel: f.RootLevel,
		Mapping: geo.Mapping{
			Code: f.CodeProperty, Name: f.NameProperty, FullName: f.FullNameProperty, Type: f.TypeProperty, NameEn: f.NameEnProperty,
			Parent: f.ParentProperty, Level: f.LevelProperty, Population: f.PopulationProperty, Area: f.AreaProperty,
		},
		Tolerance: geo.Tolerance{GapKm2: f.Tolerance, OverlapKm2: f.Tolerance},
		Repair:    f.Repair, Snap: f.Snap, Progress: printReading(),
	}, nil
}

// info describes the set: by the flags, then as the catalogue does when --set names one of
// its sets, then by the file's name.
func (f *boundaryFlags) info(cat *catalog.Catalog, paths []string) (geo.SetInfo, error) {
	base, _, _ := strings.Cut(filepath.Base(filepath.Clean(paths[0])), ".") // never a path of the machine
	info := geo.SetInfo{ID: cmp.Or(f.Set, idOf(base))}
	if known, ok := cat.BoundarySet(f.Set); ok {
		info = known.Info
		info.Name, info.NameEn = known.Name.Vi, known.Name.En
		info.Schematic, info.Licence, info.Source = false, "", ""
	}
	info.Name, info.NameEn = cmp.Or(f.Name, info.Name), cmp.Or(f.NameEn, info.NameEn)
	info.Source, info.Licence = cmp.Or(f.Source, base), f.Licence
	info.Schematic = f.Sketch
	info.Root = cmp.Or(f.Root, info.Root)
	info.PartOf.Code, info.PartOf.Name = cmp.Or(f.PartOf, info.PartOf.Code), cmp.Or(f.PartOfName, info.PartOf.Name)
	if len(f.Levels) > 0 {
		info.Levels = nil
		for rank, id := range f.Levels {
			info.Levels = append(info.Levels, geo.Level{ID: id, Rank: rank})
		}
	}
	var err error
	if f.InForceFrom != "" {
		if info.InForceFrom, err = civil.ParseDate(f.InForceFrom); err != nil {
			return info, fmt.Errorf("--in-force-from %q is not a date, 2025-07-01 is expected", f.InForceFrom)
		}
	}
	if f.InForceTo != "" {
		if info.InForceTo, err = civil.ParseDate(f.InForceTo); err != nil {
			return info, fmt.Errorf("--in-force-to %q is not a date, 2025-07-01 is expected", f.InForceTo)
		}
	}
	if info.InForceTo.IsValid() && info.InForceTo.Before(info.InForceFrom) {
		return info, fmt.Errorf("the set would end on %s, before it begins on %s", info.InForceTo, info.InForceFrom)
	}
	return info, nil
}

var unfit = regexp.MustCompile(`[^a-z0-9._-]+`)

// idOf makes an id of a file's name.
func idOf(name string) string { return strings.Trim(unfit.ReplaceAllString(geo.Fold(name), "-"), "-.") }

// printReading gives a function that tells now and then how far a file has been read.
func printReading() func(geo.Progress) {
	last := time.Now()
	return func(p geo.Progress) {
		if time.Since(last) > 2*time.Second {
			last = time.Now()
			fmt.Fprintf(os.Stderr, "%s: %d MB read, %d features, %d points\n", p.File, p.Bytes>>20, p.Features, p.Points)
		}
	}
}
