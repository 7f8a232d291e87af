package engine

import (
	"log/slog"
	"strings"
	"testing"
)

func TestForwarder(t *testing.T) {
	const prefix = "2026.11.23 19:15:14.568151 [ 14829 ] {062ef791} "
	for name, test := range map[string]struct{ lines, want string }{
		"a warning": {prefix + "<Warning> Context: disk is slow\n", "level=WARN msg=\"engine says\" text=\"Context: disk is slow\"\n"},
		"an error of a background task": {
			prefix + "<Error> MergeTree: broken part, Stack trace (when copying this):\n\n0. ? @ 0x1\n (version 26.7)\n",
			"level=WARN msg=\"engine says\" text=\"MergeTree: broken part\"\n",
		},
		"an error of a query": {
			prefix + "<Error> executeQuery: Code: 60. DB::Exception: No table in SELECT 'value'. (UNKNOWN_TABLE) (version 26.7) (from 127.0.0.1:1) (in query: SELECT 'value'), Stack trace (when\n",
			"level=DEBUG msg=\"engine says\" text=\"executeQuery: error 60 UNKNOWN_TABLE\"\n",
		},
		"a query of several lines": {
			prefix + "<Error> executeQuery: Code: 60. DB::Exception: No table in SELECT\n'value'. (UNKNOWN_TABLE)\n" + prefix + "<Warning> X: y\n",
			"level=DEBUG msg=\"engine says\" text=\"executeQuery: \"\nlevel=WARN msg=\"engine says\" text=\"X: y\"\n",
		},
		"a crash in a query": {
			prefix + "<Fatal> ClientBase: (no. 7) (query: SELECT 'value') Received signal 11\n" + prefix + "<Fatal> ClientBase: 3. f @ 0x1\n",
			"level=ERROR msg=\"engine says\" text=\"ClientBase: (no. 7)\"\n",
		},
		"a busy start": {
			prefix + "<Warning> BackgroundSchedulePool/X: Temporarily pause scheduling of tasks with id 1\n",
			"level=DEBUG msg=\"engine says\" text=\"BackgroundSchedulePool/X: Temporarily pause scheduling of tasks with id 1\"\n",
		},
		"the end":         {prefix + "<Fatal> BaseDaemon: signal 11\n", "level=ERROR msg=\"engine says\" text=\"BaseDaemon: signal 11\"\n"},
		"greeting":        {"ClickHouse local version 26.7.2.1.\r\n\n", ""},
		"anything else":   {"load failed\n", "level=DEBUG msg=\"engine says\" text=\"load failed\"\n"},
		"an unended line": {"half", ""},
	} {
		t.Run(name, func(t *testing.T) {
			var out strings.Builder
			f := newForwarder(slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{
				Level: slog.LevelDebug,
				ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
					if a.Key == slog.TimeKey {
						return slog.Attr{}
					}
					return a
				},
			})))
			f.serve()
			for _, b := range []byte(test.lines) { // in the smallest pieces there can be
				if _, err := f.Write([]byte{b}); err != nil {
					t.Fatal(err)
				}
			}
			if out.String() != test.want {
				t.Errorf("got  %swant %s", out.String(), test.want)
			}
		})
	}
}

func TestForwarderTellsARefusedStart(t *testing.T) {
	f := newForwarder(slog.New(slog.DiscardHandler))
	_, _ = f.Write([]byte("Received exception:\nCode: 210. DB::Exception: Address already in use\nCode: 1. DB::Exception: again\n"))
	select {
	case <-f.failed:
	default:
		t.Error("the refusal was missed")
	}
	if !strings.Contains(f.lastWords(), "Address already in use") {
		t.Errorf("got %s", f.lastWords())
	}
}

func TestForwarderKeepsTheLastWords(t *testing.T) {
	f := newForwarder(slog.New(slog.DiscardHandler))
	for _, word := range []string{"one", "two", "three", "four", "five", "six"} {
		_, _ = f.Write([]byte(word + "\n"))
	}
	_, _ = f.Write([]byte(strings.Repeat("x", maxLineBytes+1)))
	words := f.lastWords()
	if strings.Contains(words, "one") || !strings.HasPrefix(words, "three | four | five | six | xxx") {
		t.Errorf("got %.60s", words)
	}
}
