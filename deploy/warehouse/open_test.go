package warehouse_test

import (
	"net"
	"net/url"
	"strings"
	"testing"

	"github.com/toancanh/toancanh/deploy/warehouse"
	"github.com/toancanh/toancanh/deploy/warehouse/warehousetest"
)

// An error says what to do, and never tells the password.
func TestOpenFailsClearly(t *testing.T) {
	dsn := warehousetest.DSN(t)
	closed := closedAddress(t)
	for name, test := range map[string]struct {
		change func(*url.URL)
		wants  string
	}{
		"database not migrated": {func(u *url.URL) { u.Path = "/test_none" }, "run `toancanh migrate` first"},
		"wrong password":        {func(u *url.URL) { u.User = url.UserPassword("toancanh", "not-the-one") }, "check name and password"},
		"nobody there":          {func(u *url.URL) { u.Host = closed }, "cannot be reached"},
	} {
		t.Run(name, func(t *testing.T) {
			address, err := url.Parse(dsn)
			if err != nil {
				t.Fatal("the address is malformed")
			}
			test.change(address)
			_, err = warehouse.Open(t.Context(), address.String(), silent())
			if err == nil || !strings.Contains(err.Error(), test.wants) {
				t.Fatalf("got %v, want %q", err, test.wants)
			}
			if password, _ := address.User.Password(); strings.Contains(err.Error(), password) {
				t.Errorf("the error tells the password: %v", err)
			}
		})
	}
}

func TestMigrateWithoutTheRightToCreate(t *testing.T) {
	address, err := url.Parse(warehousetest.DSN(t))
	if err != nil {
		t.Fatal("the address is malformed")
	}
	address.Path = "/elsewhere"
	err = warehouse.Migrate(t.Context(), address.String(), silent())
	if err == nil || !strings.Contains(err.Error(), "too few rights") || !strings.Contains(err.Error(), "create database elsewhere") {
		t.Errorf("got %v", err)
	}
}

// closedAddress is one where nobody listens any more.
func closedAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}
