package export

import (
	"strings"

	"github.com/toancanh/toancanh/query/catalog"
)

// heading gives the words for a column by its path, else by its last name.
func heading(id, lang string) string {
	if t, ok := headings[id]; ok {
		return t.In(lang)
	}
	if state, ok := strings.CutPrefix(id, "by_status."); ok {
		return word("status", state, lang)
	}
	above, own := "", last(id)
	if cut := strings.TrimSuffix(id, own); cut != "" {
		above = heading(strings.TrimSuffix(cut, "."), lang) + ": "
	}
	t, ok := headings[own]
	if !ok {
		return above + own
	}
	return above + t.In(lang)
}

func last(id string) string { return id[strings.LastIndex(id, ".")+1:] }

// word gives the words for a code in columns of statuses and flags; anything else is
// text as it is.
func word(path, code, lang string) string {
	switch last(path) {
	case "status", "flags":
		if t, ok := codes[code]; ok {
			return t.In(lang)
		}
	case "state":
		if t, ok := states[code]; ok {
			return t.In(lang)
		}
	}
	return code
}

func t(vi, en string) catalog.Text { return catalog.Text{Vi: vi, En: en} }

var yes, no = t("có", "yes"), t("không", "no")

// codes are those of statuses and flags, in the words of the page.
var codes = map[string]catalog.Text{
	"achieved":       t("Đã đạt", "Achieved"),
	"on_track":       t("Đúng tiến độ", "On track"),
	"at_risk":        t("Có nguy cơ", "At risk"),
	"behind":         t("Chậm", "Behind"),
	"not_yet_due":    t("Chưa đến hạn", "Not yet due"),
	"no_target":      t("Không đặt mục tiêu", "No target"),
	"no_data":        t("Chưa có số liệu", "No data yet"),
	"not_applicable": t("Không áp dụng", "Not applicable"),

	"estimated":       t("Ước tính", "Estimated"),
	"partial":         t("Một phần đơn vị chưa báo cáo", "Some units have not reported"),
	"stale":           t("Số liệu cũ", "Old figures"),
	"carried_forward": t("Số liệu kéo theo từ kỳ trước", "Carried forward from an earlier period"),
	"suppressed":      t("Được bảo mật", "Confidential"),
	"corrected":       t("Giảm so với kỳ trước: số luỹ kế đã được điều chỉnh", "Below the period before: a running total was corrected"),
	"implausible":     t("Bất hợp lý: phần lớn hơn tổng thể", "Implausible: the part exceeds the whole"),

	"not_started":   t("Chưa bắt đầu", "Not started"),
	"in_progress":   t("Đang thực hiện", "In progress"),
	"reported_done": t("Đã báo cáo hoàn thành", "Reported done"),
	"accepted":      t("Đã nghiệm thu", "Accepted"),
	"done":          t("Hoàn thành", "Done"),
	"done_late":     t("Hoàn thành muộn", "Done late"),
	"overdue":       t("Quá hạn", "Overdue"),
	"waiting":       t("Chờ điều kiện", "Waiting for its condition"),
	"continuous":    t("Thường xuyên", "Continuous"),
}

// states are those of submissions.
var states = map[string]catalog.Text{
	"accepted": t("Nhận đủ", "Accepted"),
	"partly":   t("Nhận một phần", "Accepted in part"),
	"rejected": t("Bị từ chối", "Rejected"),
}

// headings are the words for columns and tables.
var headings = map[string]catalog.Text{
	"":                 t("Số liệu", "Figures"),
	"row":              t("Thuộc dòng số", "Of row"),
	"unit":             t("Mã đơn vị", "Unit code"),
	"name":             t("Tên", "Name"),
	"level":            t("Cấp", "Level"),
	"value":            t("Giá trị", "Value"),
	"numerator":        t("Tử số", "Numerator"),
	"denominator":      t("Mẫu số", "Denominator"),
	"coverage":         t("Báo cáo", "Coverage"),
	"reported":         t("đã báo cáo", "reported"),
	"expected":         t("phải báo cáo", "expected"),
	"share":            t("tỷ lệ", "share"),
	"status":           t("Trạng thái", "Status"),
	"target":           t("Mục tiêu", "Target"),
	"flags":            t("Lưu ý", "Flags"),
	"last_observation": t("Ngày số liệu mới nhất", "Latest figure of"),
	"estimated_share":  t("Tỷ lệ ước tính (0–1)", "Estimated share (0–1)"),

	"period":          t("Kỳ", "Period"),
	"period_start":    t("Kỳ từ ngày", "First day of the period"),
	"period_end":      t("Kỳ đến ngày", "Last day of the period"),
	"period_complete": t("Kỳ đã kết thúc", "Period is over"),
	"unit_of_measure": t("Đơn vị tính", "Unit of measure"),
	"start":           t("Từ ngày", "From day"),
	"end":             t("Đến ngày", "To day"),
	"complete":        t("Kỳ đã kết thúc", "Period has ended"),
	"rank":            t("Hạng", "Rank"),
	"rank_of":         t("Trên tổng số", "Of"),
	"previous_rank":   t("Hạng kỳ trước", "Rank before"),
	"movement":        t("Số bậc thay đổi", "Places gained"),
	"change":          t("Thay đổi giá trị", "Change"),
	"member":          t("Mã phân tổ", "Member"),

	"classes":       t("Các lớp", "Classes"),
	"method":        t("Cách chia lớp", "Method"),
	"breaks":        t("Ngưỡng", "Breaks"),
	"from":          t("Từ", "From"),
	"to":            t("Đến", "To"),
	"count":         t("Số đơn vị", "Units"),
	"counts":        t("Các cuộc đếm", "Counts"),
	"without":       t("Không vào lớp nào", "In no class"),
	"no_data":       t("chưa có số liệu", "no data"),
	"suppressed":    t("Được bảo mật", "Confidential"),
	"units":         t("Số đơn vị", "Units"),
	"min":           t("Nhỏ nhất", "Least"),
	"q1":            t("Tứ phân vị dưới", "Lower quartile"),
	"median":        t("Trung vị", "Median"),
	"q3":            t("Tứ phân vị trên", "Upper quartile"),
	"max":           t("Lớn nhất", "Greatest"),
	"pool":          t("Nguồn của ngưỡng", "Breaks found from"),
	"values":        t("số giá trị", "values"),
	"against":       t("So với", "Held against"),
	"with":          t("So với", "With"),
	"difference":    t("Chênh lệch", "Difference"),
	"relative":      t("Chênh lệch, %", "Difference, %"),
	"similar":       t("Đơn vị cùng quy mô", "Units of like size"),
	"rows":          t("Các dòng", "Rows"),
	"population":    t("Dân số", "Population"),
	"band_from":     t("dân số từ", "population from"),
	"band_to":       t("dân số đến", "population to"),
	"date":          t("Ngày", "Date"),
	"path":          t("Đường mục tiêu", "Target path"),
	"goal":          t("Mục tiêu phía trước", "Goal ahead"),
	"periods_left":  t("Số kỳ còn lại", "Periods left"),
	"required_pace": t("Nhịp độ cần có mỗi kỳ", "Pace needed per period"),
	"recent_pace":   t("Nhịp độ gần đây mỗi kỳ", "Recent pace per period"),
	"projection":    t("Dự báo", "Projection"),
	"silent":        t("Vì sao không dự báo", "Why there is no projection"),
	"at_goal":       t("Dự báo tại hạn", "Projection at the goal"),
	"reached_in":    t("Đạt trong kỳ", "Reached in"),
	"back_test":     t("Kiểm tra ngược", "Back-test"),
	"low":           t("thấp", "low"),
	"high":          t("cao", "high"),
	"mean_error":    t("sai số trung bình", "mean error"),
	"attempts":      t("số lần thử", "attempts"),
	"judged":        t("số lần xét", "judged"),
	"within":        t("số lần trong khoảng", "within the band"),

	"total":            t("Tổng", "Total"),
	"by_sex":           t("Theo giới tính", "By sex"),
	"male":             t("Nam", "Male"),
	"female":           t("Nữ", "Female"),
	"bands":            t("Nhóm tuổi", "Age bands"),
	"aged_14_and_over": t("Từ 14 tuổi", "Aged 14 and over"),
	"residence":        t("Cư trú", "Residence"),
	"permanent":        t("thường trú", "permanent"),
	"temporary":        t("tạm trú", "temporary"),
	"concept":          t("Phạm vi cư trú", "Residence counted"),
	"sex_ratio":        t("Tỷ số giới tính", "Sex ratio"),
	"dependency":       t("Tỷ số phụ thuộc", "Dependency ratio"),
	"young":            t("trẻ", "young"),
	"old":              t("già", "old"),
	"groups":           t("nhóm tuổi", "groups"),
	"children":         t("0–14", "0–14"),
	"working":          t("15–64", "15–64"),
	"area_km2":         t("Diện tích, km²", "Area, km²"),
	"density":          t("Mật độ, người/km²", "Density, persons/km²"),
	"growth":           t("Tăng dân số", "Growth"),
	"percent_per_year": t("%/năm", "% a year"),
	"before":           t("trước", "before"),
	"after":            t("sau", "after"),
	"reference":        t("Theo điều tra dân số", "By the censuses"),
	"persons":          t("số người", "persons"),
	"basis":            t("căn cứ", "basis"),

	"ref":            t("Nhiệm vụ", "Task"),
	"task":           t("Nhiệm vụ", "Task"),
	"title":          t("Nội dung", "Title"),
	"group":          t("Nhóm", "Group"),
	"lead":           t("Chủ trì", "Lead"),
	"each_leads":     t("Mỗi nơi tự chủ trì", "Each leads its own part"),
	"coordinating":   t("Phối hợp", "Coordinating"),
	"indicators":     t("Chỉ tiêu", "Indicators"),
	"indicator":      t("Chỉ tiêu", "Indicator"),
	"indicator_name": t("Tên chỉ tiêu", "Name of the indicator"),
	"no_indicator":   t("Vì sao không có chỉ tiêu", "Why there is no indicator"),
	"deadline":       t("Thời hạn", "Deadline"),
	"by_status":      t("Theo trạng thái", "By status"),
	"assignments":    t("Số việc giao", "Assignments"),
	"finishable":     t("Tính vào tỷ lệ hoàn thành", "Count for completion"),
	"accepted":       t("Đã nghiệm thu", "Accepted"),
	"due":            t("Đến hạn", "Due"),
	"on_time":        t("Đúng hạn", "On time"),
	"assignees":      t("Nơi thực hiện", "Assignees"),
	"assignee":       t("Nơi thực hiện", "Assignee"),
	"reporter":       t("Nơi báo cáo", "Reporter"),
	"agency":         t("Cơ quan", "Agency"),
	"percent":        t("%", "%"),
	"note":           t("Ghi chú", "Note"),
	"obstacle":       t("Vướng mắc", "Obstacle"),
	"kind":           t("Loại", "Kind"),
	"owner":          t("Nơi tháo gỡ", "Owner"),
	"since":          t("Từ ngày", "Since"),
	"age_days":       t("Số ngày", "Age, days"),
	"text":           t("Nguyên văn", "Wording"),
	"stages":         t("Các bước", "Stages"),
	"condition":      t("Điều kiện", "Condition"),
	"met":            t("đã có", "met"),
	"every":          t("lặp lại", "every"),
	"next":           t("kế tiếp", "next"),
	"met_on":         t("có từ ngày", "came true on"),
	"source":         t("nguồn", "source"),
	"days":           t("số ngày", "days"),
	"cycle":          t("Chu kỳ", "Cycle"),
	"first":          t("đầu tiên", "first"),
	"last":           t("cuối cùng", "last"),
	"days_after":     t("số ngày sau kỳ", "days after the period"),
	"missing":        t("Chưa báo cáo", "Missing"),
	"incomplete":     t("Báo cáo thiếu phần", "Incomplete"),
	"late":           t("Muộn", "Late"),
	"corrections":    t("Số lần sửa", "Corrections"),
	"received":       t("Đã báo cáo", "Received"),
	"in_time":        t("Đúng hạn", "In time"),
	"overdue":        t("Quá hạn", "Overdue"),
	"last_received":  t("Nhận lần cuối", "Last received"),
	"complete_units": t("Nơi báo cáo đủ", "Units complete"),
	"rows_accepted":  t("Số dòng được nhận", "Rows accepted"),
	"rows_rejected":  t("Số dòng bị từ chối", "Rows rejected"),
	"missing_units":  t("Nơi chưa báo cáo", "Missing units"),
	"late_units":     t("Nơi báo cáo muộn", "Late units"),
	"measures":       t("Số liệu phải báo cáo", "Measures"),
	"senders":        t("Nơi gửi", "Senders"),
	"valid":          t("Tỷ lệ dòng hợp lệ, %", "Valid rows, %"),
	"callers":        t("Các mã truy cập", "Callers"),
	"ends":           t("có điểm kết thúc", "ends"),

	"first_day":     t("Từ ngày", "First day"),
	"last_day":      t("Đến ngày", "Last day"),
	"at":            t("Lúc", "At"),
	"label":         t("Người thực hiện", "Who"),
	"action":        t("Thay đổi", "Change"),
	"subject":       t("Đối tượng", "Subject"),
	"request":       t("Yêu cầu", "Request"),
	"details":       t("Chi tiết", "Details"),
	"submission":    t("Lần gửi", "Submission"),
	"submissions":   t("Các lần gửi", "Submissions"),
	"dataset":       t("Loại số liệu", "Dataset"),
	"format":        t("Định dạng", "Format"),
	"caller":        t("Mã truy cập", "Caller"),
	"caller_label":  t("Người gửi", "Sender"),
	"state":         t("Kết quả", "Result"),
	"periods":       t("Số kỳ", "Periods"),
	"corrected":     t("Đính chính", "Corrected"),
	"unchanged":     t("Không đổi", "Unchanged"),
	"rejected":      t("Bị từ chối", "Rejected"),
	"warnings":      t("Cảnh báo", "Warnings"),
	"bytes":         t("Số byte", "Bytes"),
	"checksum":      t("Mã kiểm", "Checksum"),
	"known_at":      t("Biết lúc", "Known at"),
	"data_version":  t("Phiên bản dữ liệu", "Data version"),
	"demonstration": t("Minh hoạ", "Demonstration"),
	"severity":      t("Mức", "Severity"),
	"line":          t("Dòng", "Line"),
	"column":        t("Cột", "Column"),
	"sheet":         t("Trang tính", "Sheet"),
	"cell":          t("Ô", "Cell"),
	"field":         t("Trường", "Field"),
	"code":          t("Mã", "Code"),
	"message":       t("Thông báo", "Message"),

	"formula":   t("Công thức", "Formula"),
	"scale":     t("hệ số", "scale"),
	"where":     t("lọc", "where"),
	"measure":   t("Số liệu", "Measure"),
	"minus":     t("trừ đi", "taken away"),
	"parts":     t("thành phần", "parts"),
	"weight":    t("trọng số", "weight"),
	"inputs":    t("Số liệu đầu vào", "Inputs"),
	"dims":      t("Phân tổ", "Dimensions"),
	"protected": t("Được bảo vệ", "Protected"),
	"revisions": t("Các lần sửa", "Revisions"),
	"retracted": t("Đã rút", "Retracted"),
	"more":      t("Còn nữa", "There is more"),
}
