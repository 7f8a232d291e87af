package callers

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-sql/civil"

	catalogs "github.com/toancanh/toancanh/deploy/catalog"
	"github.com/toancanh/toancanh/deploy/warehouse/warehousetest"
	"github.com/toancanh/toancanh/query/catalog"
)

func TestMain(m *testing.M) { os.Exit(warehousetest.Main(m)) }

var today = time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)

var loadCatalog = sync.OnceValues(func() (*catalog.Catalog, error) { return catalog.Load(catalogs.VinhPhuc()) })

func vinhPhuc(t *testing.T) *catalog.Catalog {
	t.Helper()
	c, err := loadCatalog()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func unit(code string) catalog.DatedUnit {
	return catalog.DatedUnit{Code: code, Date: civil.Date{Year: 2022, Month: 6, Day: 15}}
}

// office is a store with a registry above it, and a clock to be moved.
type office struct {
	*Store
	*Registry
	now    *time.Time
	logged *bytes.Buffer
}

func open(t *testing.T) office {
	t.Helper()
	now := today
	clock := func() time.Time { return now }
	store, logged := NewStore(warehousetest.New(t), clock), &bytes.Buffer{}
	r := NewRegistry(store, vinhPhuc(t), clock, slog.New(slog.NewTextHandler(logged, nil)))
	if err := r.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	return office{store, r, &now, logged}
}

// add makes a token and lets the registry know.
func (o office) add(t *testing.T, g Grant) (token, id string) {
	t.Helper()
	token, caller, err := o.Add(t.Context(), g, Who{Caller: Console})
	if err == nil {
		err = o.Load(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	return token, caller.ID
}

func TestTokenIsShownOnceAndKnownAfterwards(t *testing.T) {
	o := open(t)
	if o.Configured() {
		t.Error("configured without a token")
	}
	grant := Grant{Label: "kho dữ liệu", Role: Reporter, Agencies: []string{"cat", "syt"}, Area: []catalog.DatedUnit{unit("249"), unit("243")}, Expires: today.Add(time.Hour)}
	token, id := o.add(t, grant)
	if !regexp.MustCompile(`^toancanh_[a-z2-7]{10}_[A-Z2-7]{26}$`).MatchString(token) || !strings.Contains(token, id) {
		t.Errorf("a token like %q", token)
	}
	caller, err := o.Bearer(token)
	if err != nil {
		t.Fatal(err)
	}
	if caller.ID != id || caller.Label != grant.Label || caller.Role != Reporter || strings.Join(caller.Agencies, " ") != "cat syt" || !caller.Added.Equal(today) || !caller.Expires.Equal(grant.Expires) {
		t.Errorf("known as %+v", caller)
	}
	if !caller.Held.Holds("vinhphuc-2022", "249") || caller.Held.Holds("vinhphuc-2022", "246") || caller.Held.Home("vinhphuc-2022") != "249" {
		t.Errorf("held to %v", caller.Held)
	}
	if !o.Configured() {
		t.Error("not configured with a token")
	}
}

// TestNothingKeptLetsAnybodyIn looks at every column of the warehouse for the secret.
func TestNothingKeptLetsAnybodyIn(t *testing.T) {
	o := open(t)
	token, id := o.add(t, Grant{Label: "màn hình", Role: Display})
	secretPart := strings.TrimPrefix(token, tokenPrefix+id+"_")
	sessionPart := strings.TrimPrefix(SessionOf(token), id+".")
	for _, table := range []string{"callers", "caller_revocations", "audit"} {
		var found uint64
		query := "SELECT count() FROM " + table + " WHERE position(formatRow('TSV', *), {secret:String}) > 0 OR position(formatRow('TSV', *), {session:String}) > 0"
		if err := o.conn.QueryRow(t.Context(), query, named("secret", secretPart), named("session", sessionPart)).Scan(&found); err != nil {
			t.Fatal(err)
		}
		if found > 0 {
			t.Errorf("table %s holds what lets its reader in", table)
		}
	}
	var hash, session string
	if err := o.conn.QueryRow(t.Context(), "SELECT lower(hex(token_hash)), lower(hex(session_hash)) FROM callers").Scan(&hash, &session); err != nil {
		t.Fatal(err)
	}
	for _, tried := range []string{hash, session, id + "." + session, id + "." + hash, tokenPrefix + id + "_" + strings.ToUpper(hash[:26])} {
		_, asToken := o.Bearer(tried)
		_, asSession := o.Session(tried)
		if !errors.Is(asToken, ErrUnknown) || !errors.Is(asSession, ErrUnknown) {
			t.Errorf("the kept hash lets in: %v, %v", asToken, asSession)
		}
	}
}

func TestSessionsFollowTheirToken(t *testing.T) {
	o := open(t)
	token, id := o.add(t, Grant{Label: "màn hình", Role: Display})
	other, _ := o.add(t, Grant{Label: "màn hình khác", Role: Display})
	session := SessionOf(token)
	if caller, err := o.Session(session); err != nil || caller.ID != id {
		t.Errorf("%+v, %v", caller, err)
	}
	if _, err := o.Bearer(session); !errors.Is(err, ErrUnknown) {
		t.Errorf("a session passes for a token: %v", err)
	}
	if _, err := o.Session(token); !errors.Is(err, ErrUnknown) {
		t.Errorf("a token passes for a session: %v", err)
	}
	swapped := id + strings.TrimPrefix(SessionOf(other), other[len(tokenPrefix):len(tokenPrefix)+idLength])
	if _, err := o.Session(swapped); !errors.Is(err, ErrUnknown) {
		t.Errorf("another's secret with this id: %v", err)
	}
	if SessionOf("nonsense") != "" {
		t.Error("a session of nonsense")
	}
	if err := o.Revoke(t.Context(), id, Who{Caller: Console}); err != nil {
		t.Fatal(err)
	}
	if err := o.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Session(session); !errors.Is(err, ErrRevoked) {
		t.Errorf("the session outlives its token: %v", err)
	}
}

func TestTokensEnd(t *testing.T) {
	o := open(t)
	expiring, id := o.add(t, Grant{Label: "tạm", Role: Viewer, Expires: today.Add(time.Hour)})
	revoked, revokedID := o.add(t, Grant{Label: "thu hồi", Role: Viewer})
	*o.now = today.Add(time.Hour - time.Second)
	if _, err := o.Bearer(expiring); err != nil || !o.Valid(id) {
		t.Errorf("before its time: %v", err)
	}
	*o.now = today.Add(time.Hour)
	if _, err := o.Bearer(expiring); !errors.Is(err, ErrExpired) || o.Valid(id) {
		t.Errorf("after its time: %v", err)
	}
	moved := o.Moved()
	for range 2 { // again changes nothing
		if err := o.Revoke(t.Context(), revokedID, Who{Caller: Console}); err != nil {
			t.Fatal(err)
		}
	}
	if err := o.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	select {
	case <-moved:
	default:
		t.Error("nobody was told")
	}
	if _, err := o.Bearer(revoked); !errors.Is(err, ErrRevoked) || o.Valid(revokedID) {
		t.Errorf("after it was taken back: %v", err)
	}
	if !o.Configured() {
		t.Error("with its last token gone the server would be open")
	}
	if err := o.Revoke(t.Context(), "aaaaaaaaaa", Who{}); !errors.Is(err, ErrUnknown) {
		t.Errorf("an unknown id: %v", err)
	}
	for _, wrong := range []string{"", "toancanh_", revoked + "A", strings.Replace(revoked, revokedID, "aaaaaaaaaa", 1), strings.ToLower(revoked)} {
		if _, err := o.Bearer(wrong); !errors.Is(err, ErrUnknown) {
			t.Errorf("%q: %v", wrong, err)
		}
	}
	if o.Valid("aaaaaaaaaa") {
		t.Error("an unknown id is valid")
	}
}

// TestRegistryNoticesOtherProcesses: two registries over one warehouse, as two servers have.
func TestRegistryNoticesOtherProcesses(t *testing.T) {
	o := open(t)
	token, id := o.add(t, Grant{Label: "a", Role: Viewer})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- o.Run(ctx) }()
	elsewhere := NewStore(o.conn, time.Now)
	if err := elsewhere.Revoke(t.Context(), id, Who{Caller: Console}); err != nil {
		t.Fatal(err)
	}
	warehousetest.WaitUntil(t, "the other process notices", func() bool { return !o.Valid(id) })
	if _, err := o.Bearer(token); !errors.Is(err, ErrRevoked) {
		t.Errorf("%v", err)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// TestRegistryGoesOnWithoutTheWarehouse: ingest must.
func TestRegistryGoesOnWithoutTheWarehouse(t *testing.T) {
	o := open(t)
	token, _ := o.add(t, Grant{Label: "a", Role: Reporter})
	away, cancel := context.WithCancel(t.Context())
	cancel()
	if err := o.Load(away); err == nil {
		t.Fatal("read without the warehouse")
	}
	if _, err := o.Bearer(token); err != nil {
		t.Errorf("forgotten: %v", err)
	}
}

func TestAreaThatIsGoneHoldsNothing(t *testing.T) {
	o := open(t)
	token, _ := o.add(t, Grant{Label: "a", Role: Viewer, Area: []catalog.DatedUnit{unit("249")}})
	o.Use(&catalog.Catalog{})
	caller, err := o.Bearer(token)
	if err != nil || caller.Held == nil || caller.Held.Holds("vinhphuc-2022", "249") || !strings.Contains(o.logged.String(), caller.ID) {
		t.Errorf("held to %v, %v; logged %s", caller.Held, err, o.logged)
	}
	o.Use(vinhPhuc(t))
	if caller, _ = o.Bearer(token); !caller.Held.Holds("vinhphuc-2022", "249") {
		t.Error("does not come back with the catalogue")
	}
}

func TestGrantsAreChecked(t *testing.T) {
	c := vinhPhuc(t)
	for _, tc := range []struct {
		name  string
		grant Grant
		want  string // "" = good
	}{
		{"viewer of all", Grant{Label: "phòng họp", Role: Viewer}, ""},
		{"viewer of a district", Grant{Label: "Kế hoạch 2022-2025", Role: Viewer, Area: []catalog.DatedUnit{unit("249")}}, ""},
		{"reporter", Grant{Label: "a", Role: Reporter, Agencies: []string{"cat"}}, ""},
		{"approver", Grant{Label: "a", Role: Approver, Agencies: []string{"cat"}}, ""},
		{"no label", Grant{Role: Viewer}, "label"},
		{"lines", Grant{Label: "a\nb", Role: Viewer}, "one line"},
		{"long", Grant{Label: strings.Repeat("ă", 81), Role: Viewer}, "80"},
		{"telephone", Grant{Label: "gọi 0912 345 678", Role: Viewer}, "not a person"},
		{"address", Grant{Label: "a@example.vn", Role: Viewer}, "not a person"},
		{"no role", Grant{Label: "a", Role: "king"}, "roles: viewer"},
		{"viewer of an agency", Grant{Label: "a", Role: Viewer, Agencies: []string{"cat"}}, "not held to agencies"},
		{"approver of nobody", Grant{Label: "a", Role: Approver}, "name it"},
		{"agency", Grant{Label: "a", Role: Reporter, Agencies: []string{"stttx"}}, `did you mean "stttt"?`},
		{"scraper of an area", Grant{Label: "a", Role: Scraper, Area: []catalog.DatedUnit{unit("249")}}, "not held to an area"},
		{"unit", Grant{Label: "a", Role: Viewer, Area: []catalog.DatedUnit{unit("9")}}, "no unit 9"},
		{"past", Grant{Label: "a", Role: Viewer, Expires: today}, "would have expired on 2026-11-26"},
	} {
		err := tc.grant.Check(c, today)
		if (tc.want == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v, want %q", tc.name, err, tc.want)
		}
	}
}

// TestScopesOfDifferentReachDiffer: caches are keyed by it.
func TestScopesOfDifferentReachDiffer(t *testing.T) {
	grants := []Grant{
		{Role: Viewer}, {Role: Analyst}, {Role: Viewer, Area: []catalog.DatedUnit{unit("249")}}, {Role: Viewer, Area: []catalog.DatedUnit{unit("246")}},
		{Role: Viewer, Area: []catalog.DatedUnit{unit("249"), unit("246")}}, {Role: Viewer, Area: []catalog.DatedUnit{{Code: "249", Date: civil.Date{Year: 2023, Month: 1, Day: 1}}}},
		{Role: Reporter, Agencies: []string{"cat"}}, {Role: Reporter, Agencies: []string{"cat", "syt"}}, {Role: Reporter, Agencies: []string{"cat syt"}},
	}
	seen := map[string]int{}
	for i, g := range grants {
		key := (&Caller{Grant: g}).ScopeKey()
		if before, same := seen[key]; same {
			t.Errorf("%+v and %+v share the key %q", grants[before], g, key)
		}
		seen[key] = i
	}
	a, b := Caller{ID: "a", Grant: Grant{Role: Reporter, Agencies: []string{"cat", "syt"}}}, Caller{ID: "b", Grant: Grant{Role: Reporter, Agencies: []string{"syt", "cat"}}}
	if a.ScopeKey() != b.ScopeKey() {
		t.Error("the order of agencies matters")
	}
}
