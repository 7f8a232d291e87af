// Package callers knows who may come in: tokens and what they allow, kept in ClickHouse so that every
// server process sees the same, cached in memory so that figures are taken while it is away; and the
// audit record of changes. It knows nothing of HTTP.
package callers

import (
	"fmt"
	"slices"
	"strings"
)

// Role says what a caller is for. One token has one role.
type Role string

// The roles. A viewer looks, an analyst looks and asks what was sent, a display shows walls. A reporter sends
// figures and reports on assignments; an approver accepts what is reported done on tasks its agencies lead, and
// sends nothing else. A scraper reads metrics. An operator watches the server and its record of changes.
const (
	Viewer   Role = "viewer"
	Analyst  Role = "analyst"
	Reporter Role = "reporter"
	Approver Role = "approver"
	Display  Role = "display"
	Scraper  Role = "scraper"
	Operator Role = "operator"
)

// Roles lists them all.
func Roles() []Role {
	return []Role{Viewer, Analyst, Reporter, Approver, Display, Scraper, Operator}
}

// ParseRole reads a role.
func ParseRole(text string) (Role, error) {
	if role := Role(text); slices.Contains(Roles(), role) {
		return role, nil
	}
	names := make([]string, 0, len(Roles()))
	for _, r := range Roles() {
		names = append(names, string(r))
	}
	return "", fmt.Errorf("there is no role %q; roles: %s", text, strings.Join(names, ", "))
}

// ofAgencies tells whether a role may be held to agencies: only what is sent belongs to one.
func (r Role) ofAgencies() bool { return r == Reporter || r == Approver }

// ofArea tells whether a role may be held to an area. Metrics and the running of the server have none.
func (r Role) ofArea() bool { return r != Scraper && r != Operator }
