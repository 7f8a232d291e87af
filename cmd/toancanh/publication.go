package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/toancanh/toancanh/query/catalog"
	"github.com/toancanh/toancanh/query/httpapi"
	"github.com/toancanh/toancanh/query/httpapi/callers"
	"github.com/toancanh/toancanh/query/httpapi/publications"
)

type publicationCommand struct {
	List    publicationListCommand    `cmd:"" help:"List publications, the newest first."`
	Make    publicationMakeCommand    `cmd:"" help:"Publish the answers to questions, as of an instant."`
	Show    publicationShowCommand    `cmd:"" help:"Show what a publication rests on, or its content."`
	Rebuild publicationRebuildCommand `cmd:"" help:"Make a publication again from the rows and compare; exits with 1 when it differs."`
}

type publicationListCommand struct {
	warehouseFlags
	Limit int  `default:"100" help:"How many at most."`
	JSON  bool `name:"json" help:"Print the list as JSON."`
}

// Run prints a line for each publication: when it was made, its name, as of when, by whom, its bytes and their SHA-256.
func (c *publicationListCommand) Run(ctx context.Context, out io.Writer, log *slog.Logger) error {
	const most = 10_000
	if c.Limit < 1 || c.Limit > most {
		return fmt.Errorf("--limit must lie between 1 and %d", most)
	}
	return withWarehouse(ctx, c.warehouseFlags, log, func(conn driver.Conn) error {
		list, _, err := publications.NewStore(conn).Page(ctx, c.Limit, "")
		if err != nil {
			return err
		}
		if c.JSON {
			return writeJSON(out, list)
		}
		w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "MADE\tNAME\tAS OF\tBOUNDARIES\tCALLER\tBYTES\tSHA-256\tTITLE")
		for _, p := range list {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%d\t%s\t%s\n", p.MadeAt.Format(time.RFC3339), p.Name, p.Pins.AsOf.Format(time.RFC3339), p.Pins.Boundaries, p.Caller, p.Bytes, p.SHA256, p.Title.Vi)
		}
		return w.Flush()
	})
}

func writeJSON(out io.Writer, v any) error {
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(v)
}

type publicationMakeCommand struct {
	warehouseFlags
	catalogFlags
	Name      string    `arg:"" help:"Name of the publication, as it stands in addresses: 2022-q3. It is given once."`
	Questions []string  `arg:"" name:"question" help:"What is published: addresses below /api/v1/, such as 'indicators/vneid_rate/values?period=2022-10'."`
	Title     string    `required:"" help:"Title in Vietnamese."`
	TitleEn   string    `help:"Title in English."`
	AsOf      time.Time `help:"What was known then (2022-10-22T00:00:00+07:00); a minute ago when absent." format:"2006-01-02T15:04:05Z07:00" placeholder:"INSTANT"`
	On        string    `help:"Boundary set to publish on; the one in use when absent." placeholder:"SET"`
}

// Run publishes and prints the SHA-256 of what was published.
func (c *publicationMakeCommand) Run(ctx context.Context, out io.Writer, log *slog.Logger) error {
	draft := publications.Draft{Name: c.Name, Title: catalog.Text{Vi: c.Title, En: c.TitleEn}, AsOf: c.AsOf, Boundaries: c.On, Questions: c.Questions}
	return withPress(ctx, c.warehouseFlags, c.catalogFlags, log, func(press *httpapi.Press) error {
		p, err := press.Make(ctx, draft, console())
		if err != nil {
			return fmt.Errorf("publication %s: %w", c.Name, err)
		}
		fmt.Fprintf(out, "%s: %d answers as of %s, %d bytes, SHA-256 %s\n", p.Name, len(p.Questions), p.Pins.AsOf.Format(time.RFC3339), p.Bytes, p.SHA256)
		return nil
	})
}

// withPress lends a press on the warehouse of the flags.
func withPress(ctx context.Context, w warehouseFlags, f catalogFlags, log *slog.Logger, use func(*httpapi.Press) error) error {
	return withWarehouse(ctx, w, log, func(conn driver.Conn) error {
		asked, err := askBeside(ctx, conn, f, log)
		if err != nil {
			return err
		}
		press, err := httpapi.NewPress(httpapi.Deps{
			Catalog: asked.questions.Catalog(), Set: asked.set, Query: asked.questions, Now: asked.now, Log: quiet(log),
			Audit: callers.NewAudit(conn, time.Now), Publications: publications.NewStore(conn),
		})
		if err != nil {
			return err
		}
		return use(press)
	})
}

type publicationShowCommand struct {
	warehouseFlags
	Name    string `arg:"" help:"Name of the publication."`
	Content bool   `help:"Print the bytes that were published, and nothing else."`
	JSON    bool   `name:"json" help:"Print what it rests on as JSON."`
}

// Run prints a publication.
func (c *publicationShowCommand) Run(ctx context.Context, out io.Writer, log *slog.Logger) error {
	return withWarehouse(ctx, c.warehouseFlags, log, func(conn driver.Conn) error {
		store := publications.NewStore(conn)
		p, err := store.Get(ctx, c.Name)
		switch {
		case errors.Is(err, publications.ErrUnknown):
			return fmt.Errorf("%w; see toancanh publication list", err)
		case err != nil:
			return err
		case c.Content:
			content, err := store.Content(ctx, c.Name)
			if err == nil {
				_, err = out.Write(content)
			}
			return err
		case c.JSON:
			return writeJSON(out, p)
		}
		w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
		for _, line := range [][2]string{
			{"name", p.Name}, {"title", strings.TrimSuffix(p.Title.Vi+" / "+p.Title.En, " / ")}, {"made", p.MadeAt.Format(time.RFC3339)}, {"caller", p.Caller},
			{"as of", p.Pins.AsOf.Format(time.RFC3339Nano)}, {"catalogue", p.Pins.Catalogue}, {"boundaries", p.Pins.Boundaries + " " + p.Pins.BoundariesVersion},
			{"crosswalk", p.Pins.Crosswalk}, {"renderer", fmt.Sprint(p.Pins.Renderer)}, {"bytes", fmt.Sprint(p.Bytes)}, {"SHA-256", p.SHA256},
		} {
			fmt.Fprintf(w, "%s\t%s\n", line[0], line[1])
		}
		for _, q := range p.Questions {
			fmt.Fprintf(w, "%s\t%s\n", q.SHA256, q.Path)
		}
		return w.Flush()
	})
}

type publicationRebuildCommand struct {
	warehouseFlags
	catalogFlags
	Names []string `arg:"" name:"name" help:"Names of publications."`
}

// Run makes publications again, and exits with 1 when one differs, saying in which questions and pins.
func (c *publicationRebuildCommand) Run(ctx context.Context, out io.Writer, log *slog.Logger) error {
	return withPress(ctx, c.warehouseFlags, c.catalogFlags, log, func(press *httpapi.Press) error {
		different := 0
		for _, name := range c.Names {
			found, err := press.Rebuild(ctx, name)
			if err != nil {
				return fmt.Errorf("publication %s: %w", name, err)
			}
			if !sayRebuilt(out, name, found) {
				different++
			}
		}
		if different > 0 {
			return exit{1, fmt.Errorf("%d of %d publications are not what the rows give", different, len(c.Names))}
		}
		return nil
	})
}

// sayRebuilt prints what became of a publication that was made again, and tells whether it is the same.
func sayRebuilt(out io.Writer, name string, found httpapi.Rebuilt) bool {
	if found.Same {
		fmt.Fprintf(out, "%s: the same, SHA-256 %s\n", name, found.SHA256)
		return true
	}
	fmt.Fprintf(out, "%s: differs: SHA-256 %s, published %s\n", name, found.SHA256, found.Published)
	for _, pin := range found.Pins {
		fmt.Fprintf(out, "  rests on another %s\n", pin)
	}
	for _, question := range found.Differing {
		fmt.Fprintf(out, "  another answer to %s\n", question)
	}
	return false
}
