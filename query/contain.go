package query

import (
	"log/slog"
	"runtime/debug"

	"github.com/toancanh/toancanh/query/catalog"
)

// contain runs work in a goroutine that no server stands behind. A panic there would end
// the process, and with it the answers of everybody; it becomes the error of those who
// asked instead, and is logged here, once.
func contain(log *slog.Logger, doing string, work func() error) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			log.Error("a question met a defect", "doing", doing, "panic", cause, "stack", string(debug.Stack()))
			err = &Error{Kind: Internal, Code: "internal", Text: catalog.Text{
				Vi: "Máy chủ gặp lỗi khi trả lời; lỗi đã được ghi lại", En: "the server met an error; it has been logged",
			}}
		}
	}()
	return work()
}
