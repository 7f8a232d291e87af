package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/toancanh/toancanh/deploy/warehouse/warehousetest"
)

func TestDropFoldersAreRead(t *testing.T) {
	for text, want := range map[string]string{
		"/srv/drop": "|/srv/drop", "z2h4gjhzic=/srv/drop": "z2h4gjhzic|/srv/drop", "/srv/a=b": "|/srv/a=b", "short=/srv": "",
	} {
		list, err := parseDrops([]string{text})
		if err != nil || len(list) != 1 {
			t.Fatalf("%q: %v", text, err)
		}
		if got := list[0].caller + "|" + list[0].dir; want != "" && got != want {
			t.Errorf("%q is %s, want %s", text, got, want)
		}
	}
	for _, texts := range [][]string{{""}, {"z2h4gjhzic="}, {"/srv", "/srv"}, {"/srv/drop", "z2h4gjhzic=/srv"}, {"/srv", "/srv/observations"}} {
		if list, err := parseDrops(texts); err == nil {
			t.Errorf("%q was read as %v", texts, list)
		}
	}
	if _, err := parseDrops([]string{"/srv/drop", "/srv/drop2"}); err != nil {
		t.Error(err)
	}
}

// TestDropFoldersAreHeldToTheirSender: each to the agency and area of its token, also when that is taken back; without a token nothing is
// taken once tokens are in use.
func TestDropFoldersAreHeldToTheirSender(t *testing.T) {
	data, root := t.TempDir(), t.TempDir()
	add := func(args ...string) string {
		return strings.Split(command(t, nil, append([]string{"token", "add", "--data", data, "--label", "gửi tệp"}, args...)...), "_")[1]
	}
	commune, agency, viewer := add("reporter", "--area", "08707"), add("reporter", "--agency", "vpubnd"), add("viewer")
	folder := func(name string) string { return filepath.Join(root, name) }
	for name, tc := range map[string]struct{ flag, want string }{
		"none though tokens are in use": {folder("x"), "access tokens are in use"},
		"a token there is not":          {"aaaaaaaaaa=" + folder("x"), "there is no token with the id aaaaaaaaaa"},
		"a role that sends nothing":     {viewer + "=" + folder("x"), "of role viewer; reporter and approver send"},
	} {
		if out, ok := toancanh(t, "serve", "--listen", freeAddress(t), "--data", data, "--drop", tc.flag); ok || !strings.Contains(out, tc.want) {
			t.Errorf("%s: %v %s", name, ok, out)
		}
	}

	p := serve(t, data, "--drop", commune+"="+folder("xa"), "--drop", agency+"="+folder("van-phong"))
	rows := "measure,unit,period,value\ndossiers_received,08707," + openPeriod() + ",43\ndossiers_received,08716," + openPeriod() + ",44\n" +
		"population_changes,08707," + openPeriod() + ",4\n"
	dropInto(t, folder("xa"), rows)
	dropInto(t, folder("van-phong"), rows)
	report := func(name string) func() bool {
		return func() bool {
			found, _ := filepath.Glob(filepath.Join(folder(name), "rejected", "*.report.txt"))
			return len(found) == 1
		}
	}
	for name, want := range map[string]string{"xa": "(outside_area)", "van-phong": "(not_owner)"} {
		warehousetest.WaitUntil(t, "the file of "+name+" is taken", report(name))
		found, _ := filepath.Glob(filepath.Join(folder(name), "rejected", "*.report.txt"))
		text, err := os.ReadFile(found[0])
		if err != nil || strings.Count(string(text), want) != 1 {
			t.Errorf("%s:\n%s %v", name, text, err)
		}
	}
	warehousetest.WaitUntil(t, "the record names both senders", func() bool {
		record := command(t, nil, "audit", "list", "--action", "submission.accepted", "--data", data)
		return strings.Count(record, commune) == 1 && strings.Count(record, agency) == 1
	})
	command(t, nil, "token", "revoke", commune, "--data", data)
	notice := filepath.Join(folder("xa"), "waiting.txt")
	warehousetest.WaitUntil(t, "a notice says that the token was taken back", func() bool {
		text, err := os.ReadFile(notice)
		return err == nil && strings.Contains(string(text), "đã bị thu hồi")
	})
	p.stop()
}

// dropInto puts rows into a folder once it is watched.
func dropInto(t *testing.T, folder, rows string) {
	t.Helper()
	into := filepath.Join(folder, "observations")
	warehousetest.WaitUntil(t, "the folder "+folder+" is watched", func() bool {
		_, err := os.Stat(into)
		return err == nil
	})
	if err := os.WriteFile(filepath.Join(into, "a.csv"), []byte(rows), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestFilesWithoutAServerAreHeldToTheirToken: who gives a token is held to it also where the command opens the data directory itself.
func TestFilesWithoutAServerAreHeldToTheirToken(t *testing.T) {
	data := t.TempDir()
	token := command(t, nil, "token", "add", "reporter", "--label", "xã", "--area", "08707", "--data", data)
	file := writeFile(t, "a.csv", "measure,unit,period,value\ndossiers_received,08707,"+openPeriod()+",43\ndossiers_received,08716,"+openPeriod()+",44\n")
	send := []string{"ingest", "--listen", freeAddress(t), "--data", data, file}
	if out, ok := toancanh(t, append(send, "--token", token)...); ok || !strings.Contains(out, "1 accepted, 1 rejected") || !strings.Contains(out, "outside_area") {
		t.Errorf("with a token: %v %s", ok, out)
	}
	if out, ok := toancanh(t, append(send, "--token", token+"A")...); ok || !strings.Contains(out, "Mã truy cập không đúng") {
		t.Errorf("with a wrong token: %v %s", ok, out)
	}
	if out, ok := toancanh(t, send...); !ok || !strings.Contains(out, "2 accepted, 0 rejected") {
		t.Errorf("whoever can open the data directory may send: %v %s", ok, out)
	}
}
