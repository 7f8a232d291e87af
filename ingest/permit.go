package ingest

import (
	"slices"
	"strings"

	"github.com/toancanh/toancanh/query/catalog"
)

// Permit is what one sender may send. A sender without one may send everything: it works on the machine itself.
//
// A reporter sends figures of the measures its agencies own, about units inside its area, and reports on
// the assignments of its agencies and of the units of its area; it accepts nothing. An approver reports on tasks that
// its agencies lead, acceptance included, and corrects their figures in periods that are closed (closing.go). A reporter held to neither agencies nor an
// area (a province's own data warehouse) sends for everybody.
type Permit struct {
	Agencies []string      // ids; empty: not held to agencies
	Area     *catalog.Area // nil: the whole territory
	Approves bool          // an approver, else a reporter
}

// submission refuses what a sender may not send at all.
func (p *Permit) submission(in Intake) error {
	switch {
	case p == nil:
		return nil
	case in.Agency != "" && !p.speaksFor(in.Agency):
		return notPermitted("agency", "Không được gửi thay cơ quan này.", "Not permitted to send for this agency.")
	}
	return nil
}

// held tells whether anything narrows a reporter.
func (p *Permit) held() bool { return len(p.Agencies) > 0 || p.Area != nil }

// speaksFor tells whether rows may name the agency as the one that reports. Who is held to an area alone (a commune)
// speaks for none.
func (p *Permit) speaksFor(agency string) bool {
	return p == nil || !p.held() || slices.Contains(p.Agencies, agency)
}

// figure refuses a figure of another agency's measure or outside the area.
func (p *Permit) figure(f *figureFields, m *measureIndex, unit string, on day) *fault {
	if p == nil {
		return nil
	}
	if len(p.Agencies) > 0 && !slices.Contains(p.Agencies, m.Agency) {
		return refuse(NotOwner,
			"“"+m.ID+"” không thuộc trách nhiệm báo cáo của cơ quan gửi.",
			"“"+m.ID+"” is not reported by the sender's agency.").at("measure", columnOf(f.measure))
	}
	if p.Area != nil && !p.Area.HoldsOn(on.date(), unit) {
		return f.unit.wrong(outsideArea())
	}
	return nil
}

func columnOf(f *field) int {
	if f == nil { // population rows name no measure
		return 0
	}
	return f.column
}

// progress refuses a report on somebody else's assignment, and acceptance by anybody but the lead.
func (p *Permit) progress(f *progressFields, t *taskIndex, r *progress) *fault {
	switch {
	case p == nil:
		return nil
	case p.Approves:
		return p.approval(f, t, r)
	case r.status == string(catalog.ProgressAccepted):
		return f.status.wrong(refuse(NotPermitted,
			"Chỉ cơ quan chủ trì, bằng mã duyệt, được ghi “accepted”; hãy báo “reported_done”.",
			"Only the lead agency, with an approver's token, may say “accepted”; report “reported_done”."))
	case p.held() && !p.assigned(r):
		return f.assignee.wrong(refuse(NotOwner,
			"Phần việc này không giao cho cơ quan hay địa bàn của người gửi.",
			"This assignment is not of the sender's agency or area."))
	}
	return nil
}

// assigned tells whether the assignment is the sender's own: of one of its agencies, or of a unit of the area it is held to.
func (p *Permit) assigned(r *progress) bool {
	if agency, ok := strings.CutPrefix(r.assignee, "agency:"); ok {
		return slices.Contains(p.Agencies, agency)
	}
	return p.Area != nil && p.inside(r)
}

// inside tells whether the assignment is of a unit of the area; those of agencies are of the whole territory.
func (p *Permit) inside(r *progress) bool {
	code, isUnit := strings.CutPrefix(r.assignee, "unit:")
	return p.Area == nil || isUnit && p.Area.HoldsOn(r.date.date(), code)
}

// approval keeps an approver to the tasks its agencies lead, and within its area to that area's units.
func (p *Permit) approval(f *progressFields, t *taskIndex, r *progress) *fault {
	if !slices.ContainsFunc(t.lead, func(id string) bool { return slices.Contains(p.Agencies, id) }) {
		return f.task.wrong(refuse(NotOwner,
			"Nhiệm vụ này do cơ quan khác chủ trì; chỉ cơ quan chủ trì được duyệt.",
			"Another agency leads this task; only the lead agency accepts it."))
	}
	if !p.inside(r) {
		return f.assignee.wrong(outsideArea())
	}
	return nil
}

func outsideArea() *fault {
	return refuse(OutsideArea,
		"Đơn vị này nằm ngoài địa bàn được phép gửi.",
		"This unit is outside the area the sender may report on.")
}
