// Package publications keeps published answers in the warehouse: named, with everything they
// rest on and the SHA-256 of their bytes, so that they can be made again and compared.
package publications

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"time"

	"github.com/toancanh/toancanh/query"
	"github.com/toancanh/toancanh/query/catalog"
)

// Renderer is the version of the canonical form that Render writes. It changes with the form, and
// with the shape of any answer: then an old publication cannot be compared byte for byte.
const Renderer = 1

// Draft is what somebody wants to publish.
type Draft struct {
	Name       string       `json:"name"`
	Title      catalog.Text `json:"title"`
	AsOf       time.Time    `json:"as_of,omitzero"`
	Boundaries string       `json:"boundaries,omitempty"`
	Questions  []string     `json:"questions"` // below /api/v1/: "indicators/vneid_rate/values?period=2022-10"
}

// MaxQuestions bounds one publication.
const MaxQuestions = 200

var (
	nameForm = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,63}$`)

	// ErrTaken is wrapped when there is a publication of that name: it is never replaced.
	ErrTaken = errors.New("there is a publication of this name")
	// ErrUnknown is wrapped when there is none.
	ErrUnknown = errors.New("there is no such publication")
)

// Fault names what is wrong with a draft, and the field; both empty when nothing is.
func (d Draft) Fault() (field, vi, en string) {
	switch {
	case !nameForm.MatchString(d.Name):
		return "name", "Tên gồm chữ thường không dấu, số, dấu chấm, gạch dưới, gạch nối; tối đa 64 ký tự.", "A name has lower-case letters, digits, dots, underscores and hyphens, at most 64."
	case d.Title.Vi == "" || len(d.Title.Vi) > 300 || len(d.Title.En) > 300:
		return "title", "Cần tiêu đề tiếng Việt, tối đa 300 byte.", "A title is needed in Vietnamese (vi), at most 300 bytes."
	case len(d.Questions) == 0 || len(d.Questions) > MaxQuestions:
		return "questions", fmt.Sprintf("Cần từ 1 đến %d câu hỏi.", MaxQuestions), fmt.Sprintf("From 1 to %d questions are needed.", MaxQuestions)
	}
	return "", "", ""
}

// Publication is what was published and what it rests on.
type Publication struct {
	Name      string       `json:"name"`
	Title     catalog.Text `json:"title"`
	MadeAt    time.Time    `json:"made_at"`
	Caller    string       `json:"caller"`
	Pins      Pins         `json:"pins"`
	Questions []Question   `json:"questions"`
	SHA256    string       `json:"sha256"`
	Bytes     uint64       `json:"bytes"`
}

// Pins are what a publication rests on beside the rows.
type Pins struct {
	AsOf time.Time `json:"as_of"`
	query.Pins
	Renderer uint32 `json:"renderer"`
}

// Question is one of the questions with the SHA-256 of its answer.
type Question struct {
	Path   string `json:"path"`
	SHA256 string `json:"sha256"`
}

// Answer is what was answered to a question, without what changes while figures do not: the clock
// and the data version.
type Answer struct {
	Question string `json:"question"`
	Data     any    `json:"data"`
	Meta     any    `json:"meta"`
}

// Render writes answers in their canonical form: JSON as encoding/json has it, a line for each
// answer, behind a line with what they rest on. It gives the SHA-256 of each line of an answer too.
func Render(pins Pins, answers []Answer) (content []byte, digests []string, err error) {
	head, err := json.Marshal(pins)
	if err != nil {
		return nil, nil, err
	}
	content = append(head, '\n')
	for _, a := range answers {
		line, err := json.Marshal(a)
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", a.Question, err)
		}
		content = append(append(content, line...), '\n')
		digests = append(digests, Digest(line))
	}
	return content, digests, nil
}

// Digest is the SHA-256 of some bytes, in hex.
func Digest(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}
