package ingest

import (
	"fmt"

	"github.com/toancanh/toancanh/query/catalog"
)

// Messages of rules and of workbooks. Values that were sent are repeated: a count is no secret of its sender's.

func repeatedRow(first catalog.Text) *fault {
	return refuse(RepeatedRow,
		first.Vi+" của cùng lần gửi đã nêu đúng nội dung này; dòng lặp không thêm gì.",
		first.En+" of this submission already said the same; the repeated row adds nothing.")
}

func periodClosed(end, last day) *fault {
	return refuse(PeriodClosed,
		"Kỳ kết thúc ngày "+end.String()+" đã khóa sau ngày "+last.String()+": số liệu đã báo cáo chỉ được đính chính khi có lý do ở “note”.",
		"The period that ended on "+end.String()+" was closed after "+last.String()+": what was reported is only corrected with a reason in “note”.")
}

func periodClosedToReporters(end, last day) *fault {
	return refuse(PeriodClosed,
		"Kỳ kết thúc ngày "+end.String()+" đã khóa sau ngày "+last.String()+": số liệu đã báo cáo do người duyệt của cơ quan đính chính, có lý do ở “note”.",
		"The period that ended on "+end.String()+" was closed after "+last.String()+": what was reported is corrected by the agency's approver, with a reason in “note”.")
}

// lateReport marks the first report of a closed period.
func lateReport(l *lateness) *fault {
	return refuse(LateReport,
		"Báo cáo muộn: kỳ kết thúc ngày "+l.end.String()+" đã khóa sau ngày "+l.last.String()+"; số liệu đầu tiên vẫn được nhận, từ nay chỉ còn đính chính có lý do.",
		"A late report: the period that ended on "+l.end.String()+" was closed after "+l.last.String()+"; its first figure is taken all the same, from now on only corrections with a reason are.")
}

// notLookedUp refuses what could be a correction.
func notLookedUp(l *lateness) *fault {
	return refuse(PeriodClosed,
		"Kỳ kết thúc ngày "+l.end.String()+" đã khóa sau ngày "+l.last.String()+", và kho số liệu không trả lời nên chưa biết đây là báo cáo đầu tiên hay đính chính; hãy gửi lại sau.",
		"The period that ended on "+l.end.String()+" was closed after "+l.last.String()+", and the warehouse did not answer whether this is a first report or a correction; send it again later.")
}

func periodOpen() *fault {
	return refuse(NotPermitted,
		"Kỳ này còn mở: số liệu do người báo cáo gửi; quyền duyệt chỉ đính chính kỳ đã khóa.",
		"This period is open: figures are sent by a reporter; an approver only corrects closed periods.")
}

func outOfRange(value int64, r catalog.Range) *fault {
	vi, en := "", ""
	switch {
	case r.Min == nil:
		vi, en = fmt.Sprintf("tối đa %d", *r.Max), fmt.Sprintf("at most %d", *r.Max)
	case r.Max == nil:
		vi, en = fmt.Sprintf("tối thiểu %d", *r.Min), fmt.Sprintf("at least %d", *r.Min)
	default:
		vi, en = fmt.Sprintf("từ %d đến %d", *r.Min, *r.Max), fmt.Sprintf("from %d to %d", *r.Min, *r.Max)
	}
	return refuse(OutOfRange,
		fmt.Sprintf("Giá trị %d nằm ngoài khoảng thường gặp (%s); nếu đúng, nêu lý do ở “note”.", value, vi),
		fmt.Sprintf("The value %d is outside of what is usual (%s); if it is right, give the reason in “note”.", value, en))
}

func jumped(value, before int64, on day) *fault {
	return refuse(Jump,
		fmt.Sprintf("Giá trị %d lệch quá nhiều so với %d của ngày %s; nếu đúng, nêu lý do ở “note”.", value, before, on),
		fmt.Sprintf("The value %d is too far from %d of %s; if it is right, give the reason in “note”.", value, before, on))
}

func partOverWhole(part string, partValue int64, whole string, wholeValue int64) *fault {
	return refuse(PartOverWhole,
		fmt.Sprintf("“%s” (%d) là một phần của “%s” (%d) nên không thể lớn hơn.", part, partValue, whole, wholeValue),
		fmt.Sprintf("“%s” (%d) is a part of “%s” (%d) and cannot be larger.", part, partValue, whole, wholeValue))
}

func otherAgency(measure, owner string) *fault {
	return refuse(OtherAgency,
		"“"+measure+"” do cơ quan “"+owner+"” báo cáo.",
		"“"+measure+"” is reported by the agency “"+owner+"”.")
}

func notCompared() *fault {
	return refuse(NotCompared,
		"Kho số liệu không trả lời nên chưa đối chiếu được với số liệu trước; các dòng vẫn được nhận.",
		"The warehouse did not answer, so nothing was compared with earlier figures; the rows are taken all the same.")
}

func mergedCell() *fault {
	return refuse(MergedCell,
		"Ô giá trị bị gộp qua nhiều dòng hoặc nhiều cột; hãy bỏ gộp và ghi từng giá trị.",
		"A cell with a value is merged over several rows or columns; unmerge it and write each value.")
}

func cellError() *fault {
	return refuse(CellError, "Ô báo lỗi (#N/A, #REF!…); hãy sửa công thức hoặc ghi số.", "The cell shows an error (#N/A, #REF!…); mend the formula or write the number.")
}

func formulaWithoutValue() *fault {
	return refuse(FormulaEmpty,
		"Công thức chưa có kết quả trong tệp; hãy mở tệp bằng Excel, lưu lại rồi gửi, hoặc ghi số.",
		"The formula has no result in the file; open it in Excel, save it and send it again, or write the number.")
}

func dateForNumber() *fault {
	return refuse(NotInteger, "Ô hiển thị một ngày; cần một số nguyên.", "The cell shows a date; a whole number is accepted.")
}

func fraction() *fault {
	return refuse(NotInteger, "Giá trị có phần thập phân (sau dấu phẩy); cần số nguyên.", "The value has a fraction (after the comma); a whole number is accepted.")
}

// readAs repeats what was understood, which is digits only.
func readAs(digits string) *fault {
	return refuse(ReadAs, "Ô được đọc là "+digits+".", "The cell was read as "+digits+".")
}

func oldTemplate() *fault {
	return refuse(OldTemplate,
		"Tệp mẫu được tạo từ bản danh mục cũ; hãy tải tệp mẫu mới cho lần sau.",
		"The template was made from an earlier catalogue; fetch a new one for the next time.")
}
