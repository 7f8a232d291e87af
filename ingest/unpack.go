package ingest

import (
	"errors"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/toancanh/toancanh/query/catalog"
)

// Encoding is how the body of a submission is packed.
type Encoding string

// Plain is not packed at all.
const (
	Plain Encoding = ""
	Gzip  Encoding = "gzip"
	Zstd  Encoding = "zstd"
)

// What unpacking may take. Rows of figures pack twenty to sixty times; whoever sends a stream that unpacks two hundred
// times over sends nothing but repetition.
const (
	maxRatio  = 200
	ratioFrom = 16 << 20 // bytes; below, any ratio does
	maxWindow = 8 << 20  // of zstd: what every level without --long needs
)

// errBomb ends a submission that unpacks out of all proportion.
var errBomb = errors.New("ingest: packed body unpacks too far")

// unpacking unpacks a body while it is read. What is wrong with it comes as the error of Read: errBomb, errBodyTooLarge (of the packed
// side; the unpacked one is limited by whoever reads), io.ErrUnexpectedEOF, an *Error, or what the body itself failed with.
type unpacking struct {
	encoding Encoding
	packed   *meter
	inner    io.ReadCloser // nil before the first read
	given    int64
}

// unpack undoes the packing of a body; it is inert until read. The caller closes it.
func unpack(e Encoding, body io.Reader, maxBody int64) io.ReadCloser {
	if e == Plain {
		return io.NopCloser(body)
	}
	return &unpacking{encoding: e, packed: &meter{from: body, left: maxBody}}
}

func (u *unpacking) Read(p []byte) (int, error) {
	if u.inner == nil {
		if err := u.open(); err != nil {
			return 0, u.explain(err)
		}
	}
	n, err := u.inner.Read(p)
	u.given += int64(n)
	if u.given > ratioFrom && u.given/maxRatio > u.packed.read {
		return n, errBomb
	}
	return n, u.explain(err)
}

func (u *unpacking) open() (err error) {
	if u.encoding == Gzip {
		var r *gzip.Reader
		if r, err = gzip.NewReader(u.packed); err == nil {
			u.inner = r
		}
		return err
	}
	// One goroutine and small buffers: many submissions are read at once.
	r, err := zstd.NewReader(u.packed, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow))
	if err == nil {
		u.inner = r.IOReadCloser()
	}
	return err
}

// explain tells a body that broke off from one that is not what it says.
func (u *unpacking) explain(err error) error {
	switch {
	case err == nil:
		return nil
	case u.packed.broken != nil:
		return u.packed.broken
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return err
	case errors.Is(err, zstd.ErrWindowSizeExceeded):
		return unreadable("Content-Encoding",
			"Nội dung zstd dùng cửa sổ quá lớn; nén lại không dùng --long.",
			"The zstd body uses too large a window; pack it without --long.")
	}
	return unreadable("Content-Encoding", "Nội dung không phải "+string(u.encoding)+" hoặc bị hỏng.", "The body is not "+string(u.encoding)+", or damaged.")
}

func (u *unpacking) Close() error {
	if u.inner == nil {
		return nil
	}
	return u.inner.Close()
}

func bomb(line int) *Error {
	return &Error{Kind: TooLarge, Line: line, Text: catalog.Text{
		Vi: "Nội dung nén bung ra quá nhiều lần so với kích thước gửi; hãy gửi không nén hoặc chia nhỏ.",
		En: "The packed body unpacks out of all proportion; send it unpacked, or split it.",
	}}
}
