// Package torture holds no code of the product: its tests run the real program, kill it, its ClickHouse or both again and
// again while senders push figures over HTTP, and compare what is left with a ledger of their own.
//
// `go test ./ingest/torture` does it a few times; `make torture` some hundred times. See "Torture" in ingest/README.md.
package torture
