package main

import (
	"testing"

	"github.com/alecthomas/kong"

	"github.com/toancanh/toancanh/ingest"
)

// Every flag of NATS arrives where the connection is made.
func TestFlagsOfNATS(t *testing.T) {
	var cli struct{ natsFlags }
	parser, err := kong.New(&cli)
	if err != nil {
		t.Fatal(err)
	}
	_, err = parser.Parse([]string{
		"--nats=tls://h:4222", "--nats-creds=/a", "--nats-ca=/b", "--nats-cert=/c", "--nats-key=/d", "--nats-replicas=3", "--nats-prefix=p",
	})
	if err != nil {
		t.Fatal(err)
	}
	want := ingest.Outside{URL: "tls://h:4222", Credentials: "/a", CA: "/b", Cert: "/c", Key: "/d", Replicas: 3, Prefix: "p"}
	if got := cli.outside(); got != want {
		t.Errorf("%+v", got)
	}
}
