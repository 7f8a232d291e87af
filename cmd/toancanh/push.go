package main

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"syscall"
	"time"
)

// pushFlags say where files are sent when it is not to --listen.
type pushFlags struct {
	Server     string `help:"Server to send to, https://toancanh.example.vn:8443; without it the one at --listen, else the data directory itself." placeholder:"URL"`
	CA         string `name:"ca" help:"File of the certificates (PEM) of an authority to trust beside those of the system." placeholder:"FILE" type:"path"`
	PlainToken bool   `help:"Send the token over plain HTTP to another machine all the same, where everybody on the way can read it."`
}

// target is a server and the way to it.
type target struct {
	base   *url.URL // without a slash at its end
	client *http.Client
}

// path gives the address of something below the API.
func (t target) path(rest string) string { return t.base.String() + "/api/v1/" + rest }

// targetOf reads where to send; listen is used where no server is named. token tells that one goes with every request.
func (f pushFlags) targetOf(listen string, token bool) (target, error) {
	base, err := parseServer(cmp.Or(f.Server, "http://"+listen))
	if err != nil {
		return target{}, err
	}
	if token && base.Scheme == "http" && !f.PlainToken && !local(base.Hostname()) {
		return target{}, fmt.Errorf("the token would go to %s over plain HTTP, where everybody on the way can read it: use https://, or --plain-token if you must", base.Host)
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	if f.CA != "" {
		if transport.TLSClientConfig, err = trusting(f.CA); err != nil {
			return target{}, err
		}
	}
	// A redirect would take figures and token elsewhere than where they were sent.
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return target{base, &http.Client{Transport: transport, CheckRedirect: stay}}, nil
}

// parseServer reads the address of a server.
func parseServer(text string) (*url.URL, error) {
	const wanted = "https://toancanh.example.vn:8443"
	u, err := url.Parse(text)
	switch {
	case err != nil || !strings.Contains(text, "://"):
		return nil, fmt.Errorf("--server takes an address such as %s", wanted)
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, fmt.Errorf("--server takes https:// or http://, such as %s", wanted)
	case u.User != nil:
		return nil, errors.New("--server takes no user or password: a token goes into TOANCANH_TOKEN")
	case u.Hostname() == "" || u.RawQuery != "" || u.Fragment != "":
		return nil, fmt.Errorf("--server takes the address of a server and nothing behind it, such as %s", wanted)
	}
	u.Path = strings.TrimSuffix(strings.TrimSuffix(u.Path, "/"), "/api/v1")
	return u, nil
}

// local tells whether a host is this machine for certain. What a name leads to may change on the way, so of names only localhost is.
func local(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && (address.IsLoopback() || address.IsUnspecified())
}

// trusting takes the certificates of a file beside those of the system.
func trusting(file string) (*tls.Config, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("--ca: %w", err)
	}
	roots, err := x509.SystemCertPool()
	if err != nil { // a machine without any
		roots = x509.NewCertPool()
	}
	if !roots.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("--ca: %s has no certificate in PEM (-----BEGIN CERTIFICATE-----)", file)
	}
	return &tls.Config{RootCAs: roots}, nil
}

// explain says what stands in the way of a server, and what to do.
func (t target) explain(err error) error {
	if err == nil {
		return nil
	}
	var (
		unknown  x509.UnknownAuthorityError
		invalid  x509.CertificateInvalidError
		wrong    x509.HostnameError
		noTLS    tls.RecordHeaderError
		noSuch   *net.DNSError
		hint     string
		cause    = err
		wrapping *url.Error
	)
	if errors.As(err, &wrapping) {
		cause = wrapping.Err // its own text repeats the address
	}
	switch {
	case errors.As(err, &unknown):
		hint = "its certificate is of an authority this machine does not know: give that authority's certificate with --ca FILE"
	case errors.As(err, &wrong):
		hint = fmt.Sprintf("its certificate is for other names (%s): use one of them in --server, or have a certificate made for this one", names(wrong.Certificate))
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		hint = whenValid(invalid.Cert, time.Now())
	case errors.As(err, &noTLS):
		hint = "it does not speak TLS there: check the port, or use http:// on this machine"
	case errors.As(err, &noSuch):
		hint = "there is no such name"
	case errors.Is(err, syscall.ECONNREFUSED):
		hint = "nothing listens there"
	case t.base.Scheme == "http" && speaksTLS(t.base.Host): // it broke off before it could say so
		return fmt.Errorf("%s: %w", t.base.Host, errSpeaksTLS)
	default:
		return fmt.Errorf("%s: %w", t.base.Host, cause)
	}
	return fmt.Errorf("%s: %s (%w)", t.base.Host, hint, cause)
}

var errSpeaksTLS = errors.New("it speaks TLS: send to it with --server https://…")

// speaksTLS tries to begin a session in which nothing is ever sent, whoever it is.
func speaksTLS(host string) bool {
	conn, err := tls.DialWithDialer(&net.Dialer{Timeout: time.Second}, "tcp", host, &tls.Config{InsecureSkipVerify: true})
	if err != nil {
		return false
	}
	_ = conn.Close() // nothing was sent
	return true
}

// names are those a certificate is for.
func names(c *x509.Certificate) string {
	all := append([]string{}, c.DNSNames...)
	for _, address := range c.IPAddresses {
		all = append(all, address.String())
	}
	return cmp.Or(strings.Join(all, ", "), "none")
}

// whenValid says when a certificate holds.
func whenValid(c *x509.Certificate, now time.Time) string {
	if now.Before(c.NotBefore) {
		return fmt.Sprintf("its certificate holds from %s on only: is this machine's clock right?", c.NotBefore.Format(time.DateOnly))
	}
	return fmt.Sprintf("its certificate has expired on %s: its operator renews it", c.NotAfter.Format(time.DateOnly))
}
