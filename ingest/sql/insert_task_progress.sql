INSERT INTO task_progress
(task, assignee, date, stream_seq, row_no, status, percent, note, obstacle_kind, obstacle_since, obstacle_owner, retracted, submission, line, demonstration, known_at)
