package ingest

import (
	"fmt"
	"regexp"

	"github.com/toancanh/toancanh/query/catalog"
)

// Every message says what is wrong, why, and what would be accepted. A message repeats what was
// sent only through echo, which lets codes, dates and misspelt words of the contract through and
// nothing a person could be known by; the position tells the rest.

func refuse(code Code, vi, en string) *fault {
	return &fault{code: code, text: catalog.Text{Vi: vi, En: en}}
}

var (
	// codePattern knows numbers of up to six digits (unit codes have five, ages three; seven are a telephone), dates
	// and periods whether the calendar has them or not, and references to tasks.
	codePattern = regexp.MustCompile(`^(\d{1,6}|s?(19|20)\d\d(-(\d\d?|[QH]\d))?|(19|20)\d\d-\d\d?-\d\d?|[A-C]\.[IVX]{1,4}(\.\d{1,2}){1,2})$`)
	// wordPattern knows snake_case long enough not to be a name that resembles a word of the contract by chance.
	wordPattern = regexp.MustCompile(`^[a-z][a-z0-9_.]{5,47}$`)
)

// echo gives what was sent as " “08799”" for a message when it is plainly a code, a date, or a misspelling of
// meant, a word of the contract ("" for none); nothing otherwise. A name or a password in the wrong column is repeated by none.
func echo(sent []byte, meant string) string {
	if codePattern.Match(sent) || meant != "" && wordPattern.Match(sent) {
		return " “" + string(sent) + "”"
	}
	return ""
}

func lineTooLong(limit int) *fault {
	return refuse(LineTooLong,
		fmt.Sprintf("Dòng dài quá %d byte nên bị bỏ qua; mỗi dòng chỉ chứa một số liệu.", limit),
		fmt.Sprintf("The line is longer than %d bytes and was skipped; a line holds one figure.", limit))
}

func elementTooLong(limit int) *fault {
	return refuse(LineTooLong,
		fmt.Sprintf("Phần tử dài quá %d byte nên bị bỏ qua; mỗi phần tử chỉ chứa một số liệu.", limit),
		fmt.Sprintf("The element is longer than %d bytes and was skipped; an element holds one figure.", limit))
}

func invalidUTF8(column int) *fault {
	return refuse(InvalidUTF8,
		"Dòng có byte không phải UTF-8; hãy lưu tệp với bảng mã UTF-8.",
		"The line is not valid UTF-8; save the file in UTF-8.").at("", column)
}

func invalidJSON(vi, en string) *fault {
	return refuse(InvalidJSON,
		"Dòng không phải một đối tượng JSON: "+vi+". Mỗi dòng là một đối tượng như {\"measure\":…,\"unit\":…,\"date\":…,\"value\":…}.",
		"The line is not a JSON object: "+en+". Each line is one object such as {\"measure\":…,\"unit\":…,\"date\":…,\"value\":…}.")
}

func trailingData() *fault {
	return invalidJSON("còn dữ liệu sau dấu } cuối", "data follows the closing }")
}

func invalidCSV(vi, en string) *fault {
	return refuse(InvalidCSV, "Dòng CSV viết sai: "+vi+".", "The CSV line is malformed: "+en+".")
}

func fieldCount(want, got int) *fault {
	return refuse(InvalidCSV,
		fmt.Sprintf("Dòng có %d ô, dòng tiêu đề có %d cột; số ô phải bằng số cột.", got, want),
		fmt.Sprintf("The line has %d cells, the header %d columns; they must agree.", got, want))
}

func tooDeep() *fault {
	return refuse(TooDeep,
		"Giá trị lồng nhau ngoài cho phép; chỉ dims và obstacle là đối tượng, không có danh sách.",
		"The value is nested where that is not allowed; only dims and obstacle are objects, and there are no lists.")
}

func tooManyFields() *fault {
	return refuse(TooManyFields,
		fmt.Sprintf("Quá nhiều trường; một dòng có nhiều nhất %d trường.", maxFields),
		fmt.Sprintf("Too many fields; a line has at most %d.", maxFields))
}

func duplicateField(column int) *fault {
	return refuse(DuplicateField,
		"Một trường xuất hiện hai lần trong cùng dòng; mỗi trường chỉ viết một lần.",
		"A field occurs twice in the line; write each field once.").at("", column)
}

// unknownField does not repeat the name: it is the sender's text.
func unknownField(suggestion string, allowed string) *fault {
	vi, en := "Trường không có trong quy định.", "The field is not part of the contract."
	if suggestion != "" {
		vi += " Có phải là “" + suggestion + "”?"
		en += " Did you mean “" + suggestion + "”?"
	}
	return refuse(UnknownField, vi+" Các trường được nhận: "+allowed+".", en+" Accepted fields: "+allowed+".")
}

func missingField(name string) *fault {
	return refuse(MissingField,
		"Thiếu “"+name+"”; trường này bắt buộc.",
		"“"+name+"” is missing; it is required.").at(name, 0)
}

func unexpectedField(vi, en string) *fault { return refuse(UnexpectedField, vi, en) }

func wrongType(vi, en string) *fault {
	return refuse(WrongType, "Sai kiểu giá trị; cần "+vi+".", "The value has the wrong type; "+en+" is accepted.")
}

func controlCharacter() *fault {
	return refuse(ControlCharacter,
		"Chuỗi chứa ký tự điều khiển; chỉ nhận chữ trên một dòng.",
		"The text holds a control character; plain text on one line is accepted.")
}

func textTooLong(limit int) *fault {
	return refuse(TextTooLong,
		fmt.Sprintf("Chuỗi dài quá %d ký tự.", limit),
		fmt.Sprintf("The text is longer than %d characters.", limit))
}

func personalData(what catalog.Text, position int) *fault {
	return refuse(PersonalData,
		fmt.Sprintf("Từ ký tự thứ %d có nội dung giống %s. Hệ thống chỉ nhận số liệu tổng hợp; hãy bỏ phần đó rồi gửi lại.", position, what.Vi),
		fmt.Sprintf("From character %d on the text looks like %s. Only aggregates are accepted; remove it and send again.", position, what.En))
}

func unknownMeasure(sent []byte, suggestion string) *fault {
	vi, en := "Không có chỉ số đầu vào"+echo(sent, suggestion)+" trong danh mục.", "There is no measure"+echo(sent, suggestion)+" in the catalogue."
	if suggestion != "" {
		vi += " Có phải là “" + suggestion + "”?"
		en += " Did you mean “" + suggestion + "”?"
	}
	return refuse(UnknownMeasure, vi, en)
}

func wrongDataset(measure, dataset string) *fault {
	return refuse(WrongDataset,
		"“"+measure+"” được gửi qua bộ dữ liệu “"+dataset+"”.",
		"“"+measure+"” is taken by the dataset “"+dataset+"”.")
}

func unknownUnit(sent []byte, suggestion, set string) *fault {
	vi, en := "Không có đơn vị"+echo(sent, "")+" trong "+set+".", "There is no unit"+echo(sent, "")+" in "+set+"."
	if suggestion != "" {
		vi += " Có phải là “" + suggestion + "”?"
		en += " Did you mean “" + suggestion + "”?"
	}
	return refuse(UnknownUnit, vi+" Mã đơn vị là chuỗi, giữ số 0 ở đầu.", en+" Unit codes are texts and keep their leading zeros.")
}

// unitNotInForce says when the unit existed (of one that has ended: when that was) and where its ground is on the day.
func unitNotInForce(u *unitIndex, on day, heirs string) *fault {
	vi, en := u.inForce()
	vi = "Đơn vị “" + u.code + "” không tồn tại vào ngày " + on.String() + "; có hiệu lực " + vi + "."
	en = "The unit “" + u.code + "” was not in force on " + on.String() + "; it is " + en + "."
	if last, ended := u.ended(on); ended {
		vi = "Đơn vị “" + u.code + "” đã kết thúc ngày " + last.String() + "."
		en = "The unit “" + u.code + "” ended on " + last.String() + "."
	}
	if heirs != "" {
		vi += " Vào ngày đó địa bàn này thuộc " + heirs + "."
		en += " On that day its ground is in " + heirs + "."
	}
	return refuse(UnitNotInForce, vi, en)
}

func wrongLevel(measure, want, got string) *fault {
	return refuse(WrongLevel,
		"“"+measure+"” được báo cáo ở cấp “"+want+"”, đơn vị này thuộc cấp “"+got+"”.",
		"“"+measure+"” is reported at level “"+want+"”; this unit is of level “"+got+"”.")
}

func unknownDimension(measure, allowed string) *fault {
	if allowed == "" {
		return refuse(UnknownDimension, "“"+measure+"” không chia theo chiều nào.", "“"+measure+"” has no dimensions.")
	}
	return refuse(UnknownDimension,
		"“"+measure+"” không có chiều này; các chiều: "+allowed+".",
		"“"+measure+"” has no such dimension; its dimensions: "+allowed+".")
}

func missingDimension(measure, name, members string) *fault {
	return refuse(MissingDimension,
		"Thiếu chiều “"+name+"” của “"+measure+"”; nhận: "+members+". Một dòng phải nêu mọi chiều để không cộng trùng.",
		"The dimension “"+name+"” of “"+measure+"” is missing; accepted: "+members+". A row names every dimension, so that nothing is counted twice.")
}

func unknownMember(sent []byte, name, members string) *fault {
	return refuse(UnknownMember,
		"Giá trị"+echo(sent, "")+" không thuộc chiều “"+name+"”; nhận: "+members+".",
		"The value"+echo(sent, "")+" is not a member of “"+name+"”; accepted: "+members+".")
}

func unknownAgency() *fault {
	return refuse(UnknownAgency, "Không có cơ quan này trong danh mục; dùng mã cơ quan.", "There is no such agency in the catalogue; use an agency's id.")
}

func invalidDate(sent []byte) *fault {
	return refuse(InvalidDate,
		"Ngày"+echo(sent, "")+" không hợp lệ; viết năm-tháng-ngày, ví dụ 2022-06-15.",
		"The date"+echo(sent, "")+" is not valid; write year-month-day, such as 2022-06-15.")
}

func invalidPeriod(sent []byte, example string) *fault {
	return refuse(InvalidPeriod,
		"Kỳ"+echo(sent, "")+" không hợp lệ; viết như "+example+".",
		"The period"+echo(sent, "")+" is not valid; write it like "+example+".")
}

func wrongPeriodKind(measure, want, example string) *fault {
	return refuse(WrongPeriodKind,
		"“"+measure+"” được báo cáo theo kỳ “"+want+"”, ví dụ "+example+".",
		"“"+measure+"” is reported by “"+want+"”, such as "+example+".")
}

func futureDate(date, today string) *fault {
	return refuse(FutureDate,
		"Ngày "+date+" ở sau hôm nay ("+today+"); chỉ nhận số liệu đã có.",
		"The day "+date+" is after today ("+today+"); only what has happened is accepted.")
}

func futurePeriod(end, today string) *fault {
	return refuse(FutureDate,
		"Kỳ kết thúc ngày "+end+", sau hôm nay ("+today+"); gửi khi kỳ đã kết thúc.",
		"The period ends on "+end+", after today ("+today+"); send it once it has ended.")
}

func tooEarly(date, earliest string) *fault {
	return refuse(TooEarly,
		"Ngày "+date+" ở trước "+earliest+", ngày đầu tiên danh mục bao quát.",
		"The day "+date+" is before "+earliest+", the first day the catalogue covers.")
}

func notInteger() *fault {
	return refuse(NotInteger,
		"Giá trị phải là số nguyên viết bằng chữ số, không dấu phân cách hàng nghìn, không số mũ: 1234.",
		"The value must be a whole number in plain digits, without thousands separators or exponent: 1234.")
}

func negative() *fault {
	return refuse(Negative, "Giá trị không được âm; nhận từ 0 trở lên.", "The value must not be negative; 0 or more is accepted.")
}

func tooLargeValue(most int64) *fault {
	return refuse(TooLargeValue,
		fmt.Sprintf("Giá trị lớn hơn %d, mức lớn nhất có thể tin của chỉ số này.", most),
		fmt.Sprintf("The value is over %d, the largest believable for this measure.", most))
}

func duplicateRow(first catalog.Text) *fault {
	return refuse(DuplicateRow,
		first.Vi+" của cùng lần gửi đã nêu ô số liệu này với nội dung khác; chỉ dòng đầu được nhận.",
		first.En+" of this submission already gave this cell with other content; only the first is taken.")
}

func unknownTask(sent []byte, suggestion string) *fault {
	vi, en := "Không có nhiệm vụ"+echo(sent, "")+" trong danh mục.", "There is no task"+echo(sent, "")+" in the catalogue."
	if suggestion != "" {
		vi += " Có phải là “" + suggestion + "”?"
		en += " Did you mean “" + suggestion + "”?"
	}
	return refuse(UnknownTask, vi, en)
}

func unknownAssignee() *fault {
	return refuse(UnknownAssignee,
		"Không có đơn vị hay cơ quan này; viết unit:<mã> hoặc agency:<mã>.",
		"There is no such unit or agency; write unit:<code> or agency:<id>.")
}

func notAssigned(task string) *fault {
	return refuse(NotAssigned,
		"Nhiệm vụ “"+task+"” không giao cho đơn vị, cơ quan này.",
		"Task “"+task+"” is not assigned to this unit or agency.")
}

func invalidStatus() *fault {
	return refuse(InvalidStatus,
		"Trạng thái phải là not_started, in_progress, reported_done hoặc accepted.",
		"The status must be not_started, in_progress, reported_done or accepted.")
}

func invalidPercent() *fault {
	return refuse(InvalidPercent, "percent phải là số nguyên từ 0 đến 100.", "percent must be a whole number from 0 to 100.")
}

func invalidObstacle(vi, en string) *fault { return refuse(InvalidObstacle, vi, en) }
