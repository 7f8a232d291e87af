package main

import "github.com/toancanh/toancanh/ingest"

// natsFlags say which NATS keeps the journal.
type natsFlags struct {
	NATS         string `name:"nats" help:"NATS servers that keep the journal instead of the embedded one, so that several processes share it: nats://host:4222, several of a cluster separated by commas (ingest/README.md). A user and password in it are better in the environment." placeholder:"URL"`
	NATSCreds    string `name:"nats-creds" help:"File of NATS credentials." type:"path" placeholder:"FILE"`
	NATSCA       string `name:"nats-ca" help:"File of the authority that signed the certificate of NATS; without it the system's." type:"path" placeholder:"FILE"`
	NATSCert     string `name:"nats-cert" help:"File of a client certificate for NATS." type:"path" placeholder:"FILE"`
	NATSKey      string `name:"nats-key" help:"File of that certificate's key." type:"path" placeholder:"FILE"`
	NATSReplicas int    `name:"nats-replicas" help:"Copies of each stream in a NATS cluster; without it as they are, one at first." placeholder:"N"`
	NATSPrefix   string `name:"nats-prefix" default:"toancanh" help:"What the names of streams begin with: programmes that share a NATS account need different ones." placeholder:"NAME"`
}

func (f natsFlags) outside() ingest.Outside {
	return ingest.Outside{
		URL: f.NATS, Credentials: f.NATSCreds, CA: f.NATSCA, Cert: f.NATSCert, Key: f.NATSKey, Prefix: f.NATSPrefix, Replicas: f.NATSReplicas,
	}
}
