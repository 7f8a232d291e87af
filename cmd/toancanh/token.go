package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/golang-sql/civil"

	"github.com/toancanh/toancanh/query/catalog"
	"github.com/toancanh/toancanh/query/httpapi/callers"
)

type tokenCommand struct {
	Add    tokenAddCommand    `cmd:"" help:"Make an access token and print it, this once."`
	List   tokenListCommand   `cmd:"" help:"List the access tokens, without their secrets."`
	Revoke tokenRevokeCommand `cmd:"" help:"Take an access token back; running servers notice within seconds."`
}

type tokenAddCommand struct {
	warehouseFlags
	catalogFlags
	Role    string   `arg:"" enum:"viewer,analyst,reporter,approver,display,scraper,operator" help:"What it is for: viewer, analyst, reporter, approver, display, scraper, operator."`
	Label   string   `required:"" help:"The office or system it is for, never a person." placeholder:"TEXT"`
	Agency  []string `help:"Agency it sends or accepts for; may be given several times." placeholder:"ID"`
	Area    []string `help:"Unit it is held to, with all below it: CODE, or CODE@DATE for the unit that bore the code then; may be given several times." placeholder:"CODE[@DATE]"`
	Expires string   `default:"1y" help:"Last day it is valid (2027-12-31), a span (90d, 1y) or never." placeholder:"WHEN"`
}

// Run makes a token. It works beside a running server: whoever can read the data directory may.
func (c *tokenAddCommand) Run(ctx context.Context, log *slog.Logger) error {
	cat, err := c.loadCatalog()
	if err != nil {
		return err
	}
	grant, err := c.grant(cat, time.Now())
	if err != nil {
		return err
	}
	return withWarehouse(ctx, c.warehouseFlags, log, func(conn driver.Conn) error {
		token, caller, err := callers.NewStore(conn, time.Now).Add(ctx, grant, console())
		if err != nil {
			return err
		}
		fmt.Fprintf(os.Stderr, "%s token %s (%s), %s; it is not shown again:\n", caller.Role, caller.ID, caller.Label, validity(caller))
		fmt.Println(token)
		return nil
	})
}

func (c *tokenAddCommand) grant(cat *catalog.Catalog, now time.Time) (callers.Grant, error) {
	today := civil.DateOf(now.In(cat.Location))
	grant := callers.Grant{Label: strings.TrimSpace(c.Label), Role: callers.Role(c.Role), Agencies: c.Agency}
	for _, text := range c.Area {
		unit, err := catalog.ParseDatedUnit(text, latestDay(cat, today))
		if err != nil {
			return grant, err
		}
		grant.Area = append(grant.Area, unit)
	}
	var err error
	if grant.Expires, err = expiry(c.Expires, today, cat.Location); err != nil {
		return grant, err
	}
	return grant, grant.Check(cat, now)
}

// latestDay is today, or the last day of the latest boundary set where that has ended.
func latestDay(cat *catalog.Catalog, today civil.Date) civil.Date {
	if n := len(cat.BoundarySets); n > 0 {
		if to := cat.BoundarySets[n-1].Info.InForceTo; to.IsValid() && to.Before(today) {
			return to
		}
	}
	return today
}

// expiry reads the end of validity: the end of a day, so many days or years from today, or never (zero).
func expiry(text string, today civil.Date, zone *time.Location) (time.Time, error) {
	if text == "never" {
		return time.Time{}, nil
	}
	day, err := civil.ParseDate(text)
	if err != nil || !day.IsValid() {
		if day, err = after(text, today); err != nil {
			return time.Time{}, err
		}
	}
	const last = 2260 // what milliseconds since 1970 are safely compared up to in ClickHouse
	if day.Year > last {
		return time.Time{}, fmt.Errorf("--expires %q is too far away; write never", text)
	}
	return day.AddDays(1).In(zone), nil
}

// after gives the day a span (90d, 1y) from today ends on.
func after(span string, today civil.Date) (civil.Date, error) {
	n, err := strconv.Atoi(strings.TrimRight(span, "dy"))
	const most = 3650
	if err == nil && n >= 1 && n <= most {
		switch span {
		case strconv.Itoa(n) + "d":
			return today.AddDays(n), nil
		case strconv.Itoa(n) + "y":
			day := civil.Date{Year: today.Year + n, Month: today.Month, Day: today.Day}
			if !day.IsValid() { // 29 February
				day.Day--
			}
			return day, nil
		}
	}
	return civil.Date{}, fmt.Errorf("--expires %q: write a day (2027-12-31), a span (90d, 1y) or never", span)
}

type tokenListCommand struct {
	warehouseFlags
}

// Run prints a line for each token, the oldest first.
func (c *tokenListCommand) Run(ctx context.Context, log *slog.Logger) error {
	return withWarehouse(ctx, c.warehouseFlags, log, func(conn driver.Conn) error {
		list, err := callers.NewStore(conn, time.Now).List(ctx)
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "ID\tROLE\tAGENCIES\tAREA\tADDED\tVALID\tLABEL")
		for _, t := range list {
			area := make([]string, len(t.Area))
			for i, u := range t.Area {
				area[i] = u.String()
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", t.ID, t.Role, orDash(t.Agencies), orDash(area), t.Added.Format(time.DateOnly), validity(t), t.Label)
		}
		return w.Flush()
	})
}

func orDash(list []string) string {
	if len(list) == 0 {
		return "-"
	}
	return strings.Join(list, ",")
}

// validity says until when a token lets its bearer in.
func validity(c callers.Caller) string {
	switch {
	case !c.Revoked.IsZero():
		return "revoked " + c.Revoked.Format(time.DateOnly)
	case c.Expires.IsZero():
		return "for good"
	case errors.Is(c.State(time.Now()), callers.ErrExpired):
		return "expired " + c.Expires.Format(time.DateOnly)
	default:
		return "until " + c.Expires.Format(time.RFC3339)
	}
}

type tokenRevokeCommand struct {
	warehouseFlags
	ID []string `arg:"" name:"id" help:"Ids of tokens, as list shows them."`
}

// Run takes tokens back.
func (c *tokenRevokeCommand) Run(ctx context.Context, log *slog.Logger) error {
	return withWarehouse(ctx, c.warehouseFlags, log, func(conn driver.Conn) error {
		store := callers.NewStore(conn, time.Now)
		var errs []error
		for _, id := range c.ID {
			if err := store.Revoke(ctx, id, console()); err != nil {
				errs = append(errs, err)
				continue
			}
			fmt.Printf("%s: taken back\n", id)
		}
		return errors.Join(errs...)
	})
}

// console is who runs a command on the machine itself, by number: a login name may be a person's.
func console() callers.Who {
	return callers.Who{Caller: callers.Console, Details: map[string]string{"uid": strconv.Itoa(os.Getuid())}}
}
