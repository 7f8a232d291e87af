package callers

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/toancanh/toancanh/query/catalog"
)

// Grant is what a token allows.
type Grant struct {
	Label    string // what the token is for, never a person
	Role     Role
	Agencies []string            // ids; empty: not held to agencies
	Area     []catalog.DatedUnit // empty: the whole territory
	Expires  time.Time           // zero: never
}

// Caller is a token as it is known: all but the secret.
type Caller struct {
	ID string
	Grant
	Held    *catalog.Area // the area in the catalogue in use; nil: the whole territory
	Added   time.Time
	Revoked time.Time // zero: still valid
}

// longestLabel in characters.
const longestLabel = 80

// personal finds what must not stand in a label: numbers as long as telephones and identity cards, e-mail addresses.
var personal = regexp.MustCompile(`(\d[ .-]?){9,}|@`)

// Check refuses a grant that means nothing or names what the catalogue does not have.
func (g Grant) Check(c *catalog.Catalog, now time.Time) error {
	errs := []error{g.checkLabel()}
	if _, err := ParseRole(string(g.Role)); err != nil {
		return errors.Join(append(errs, err)...)
	}
	if len(g.Agencies) > 0 && !g.Role.ofAgencies() {
		errs = append(errs, fmt.Errorf("a token of role %s is not held to agencies; reporter and approver are", g.Role))
	}
	if g.Role == Approver && len(g.Agencies) == 0 {
		errs = append(errs, errors.New("an approver accepts for an agency that leads tasks: name it"))
	}
	for _, id := range g.Agencies {
		if _, known := c.Agency(id); !known {
			errs = append(errs, fmt.Errorf("the catalogue has no agency %q%s", id, didYouMean(id, c)))
		}
	}
	if len(g.Area) > 0 {
		errs = append(errs, g.checkArea(c))
	}
	if !g.Expires.IsZero() && !g.Expires.After(now) {
		errs = append(errs, fmt.Errorf("the token would have expired on %s", g.Expires.Format(time.DateOnly)))
	}
	return errors.Join(errs...)
}

// CheckReason refuses a reason that must not stand in the record of changes.
func CheckReason(reason string) error {
	const longest = 300
	switch {
	case strings.TrimSpace(reason) == "":
		return errors.New("a reason is needed")
	case utf8.RuneCountInString(reason) > longest, strings.ContainsFunc(reason, unicode.IsControl), !utf8.ValidString(reason):
		return fmt.Errorf("a reason is one line of at most %d characters", longest)
	case personal.MatchString(reason):
		return errors.New("a reason names no person: no telephone or identity numbers, no e-mail addresses; the record keeps it for ever")
	}
	return nil
}

func (g Grant) checkLabel() error {
	switch {
	case strings.TrimSpace(g.Label) == "":
		return errors.New("a token needs a label that says what it is for, such as \"kho dữ liệu Sở TT&TT\"")
	case utf8.RuneCountInString(g.Label) > longestLabel, strings.ContainsFunc(g.Label, unicode.IsControl), !utf8.ValidString(g.Label):
		return fmt.Errorf("a label is one line of at most %d characters", longestLabel)
	case personal.MatchString(g.Label):
		return errors.New("a label names an office or a system, not a person: no telephone or identity numbers, no e-mail addresses")
	}
	return nil
}

func (g Grant) checkArea(c *catalog.Catalog) error {
	if !g.Role.ofArea() {
		return fmt.Errorf("a token of role %s is not held to an area", g.Role)
	}
	_, err := c.Area(g.Area)
	return err
}

func didYouMean(id string, c *catalog.Catalog) string {
	var ids []string
	for _, a := range c.Agencies {
		ids = append(ids, a.ID)
	}
	if near := catalog.Nearest(id, ids); near != "" {
		return fmt.Sprintf(", did you mean %q?", near)
	}
	return ""
}

// Has tells whether the caller has one of some roles.
func (c *Caller) Has(roles ...Role) bool { return slices.Contains(roles, c.Role) }

// ScopeKey is the same for callers that may be given the same answers.
func (c *Caller) ScopeKey() string {
	if c == nil {
		return ""
	}
	agencies := slices.Sorted(slices.Values(c.Agencies))
	return fmt.Sprintf("%s|%q|%s", c.Role, agencies, areaKey(c.Area))
}

func areaKey(units []catalog.DatedUnit) string {
	names := make([]string, len(units))
	for i, u := range units {
		names[i] = u.String()
	}
	return strings.Join(names, " ")
}

// State says why a caller is not let in any more at an instant; nil while it is.
func (c *Caller) State(now time.Time) error {
	switch {
	case !c.Revoked.IsZero():
		return ErrRevoked
	case !c.Expires.IsZero() && !now.Before(c.Expires):
		return ErrExpired
	}
	return nil
}

// Why a token does not let its bearer in. The list is closed.
var (
	ErrUnknown = errors.New("callers: no such token")
	ErrExpired = errors.New("callers: the token has expired")
	ErrRevoked = errors.New("callers: the token was taken back")
)
