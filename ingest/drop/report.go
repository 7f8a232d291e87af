package drop

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/toancanh/toancanh/ingest"
)

// report says what became of a file, for programs (JSON) and for people (text in Vietnamese).
type report struct {
	File       string    `json:"file"`
	Dataset    string    `json:"dataset"`
	At         time.Time `json:"at"`
	Submission string    `json:"submission,omitempty"`
	Accepted   int       `json:"accepted"`
	Rejected   int       `json:"rejected"`
	Warned     int       `json:"warned"`
	Problem    *problem  `json:"problem,omitempty"` // why the file as a whole was not taken
	Rejections []finding `json:"rejections"`
	Warnings   []finding `json:"warnings"`
}

type problem struct {
	Code string `json:"code"`
	Line int    `json:"line,omitempty"`
	Vi   string `json:"message_vi"`
	En   string `json:"message_en"`
}

type finding struct {
	Line  int    `json:"line"`
	Sheet string `json:"sheet,omitempty"`
	Cell  string `json:"cell,omitempty"`
	Field string `json:"field"`
	Code  string `json:"code"`
	Vi    string `json:"message_vi"`
	En    string `json:"message_en"`
}

func (r *report) add(receipt ingest.Receipt) {
	r.Submission, r.Accepted, r.Rejected, r.Warned = receipt.Submission, receipt.Accepted, receipt.Rejected, receipt.Warned
	r.Rejections, r.Warnings = findings(receipt.Rejections), findings(receipt.Warnings)
}

func findings(list []ingest.Rejection) []finding {
	out := []finding{}
	for i := range list {
		j := &list[i]
		out = append(out, finding{j.Line, j.Tab, j.Cell(), j.Field, string(j.Code), j.Message.Vi, j.Message.En})
	}
	return out
}

func (r *report) json() []byte {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil { // it holds texts and numbers only
		panic(err)
	}
	return append(text, '\n')
}

func (r *report) text() []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "Tệp: %s\nBộ dữ liệu: %s\n", r.File, r.Dataset)
	if r.Problem != nil {
		fmt.Fprintf(&b, "Không nhận được tệp: %s (%s)\n", r.Problem.Vi, r.Problem.Code)
		if r.Problem.Line > 0 {
			fmt.Fprintf(&b, "Dừng ở dòng %d; chưa dòng nào của tệp được nhận.\n", r.Problem.Line)
		}
		return []byte(b.String())
	}
	fmt.Fprintf(&b, "Lần gửi: %s\nĐã nhận: %d dòng. Từ chối: %d dòng. Cảnh báo: %d.\n", r.Submission, r.Accepted, r.Rejected, r.Warned)
	section(&b, "Dòng bị từ chối", r.Rejections, r.Rejected)
	section(&b, "Cảnh báo (dòng vẫn được nhận)", r.Warnings, r.Warned)
	if r.Rejected > 0 {
		b.WriteString("\nHãy sửa các dòng bị từ chối rồi đặt lại cả tệp: dòng đã nhận không bị tính hai lần.\n")
	}
	return []byte(b.String())
}

func section(b *strings.Builder, title string, list []finding, all int) {
	if len(list) == 0 {
		return
	}
	fmt.Fprintf(b, "\n%s:\n", title)
	for _, f := range list {
		where := fmt.Sprintf("dòng %d", f.Line)
		if f.Cell != "" {
			where = "trang " + f.Sheet + ", ô " + f.Cell
		}
		if f.Field != "" {
			where += ", " + f.Field
		}
		fmt.Fprintf(b, "- %s: %s (%s)\n", where, f.Vi, f.Code)
	}
	if all > len(list) {
		fmt.Fprintf(b, "- … và %d nữa.\n", all-len(list))
	}
}
