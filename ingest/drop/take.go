package drop

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	"github.com/toancanh/toancanh/ingest"
)

// take submits a claimed file and moves it where it belongs. A file that only has to wait stays claimed.
func (f *Folder) take(ctx context.Context, d ingest.Dataset, path string) error {
	name := filepath.Base(path)
	if len(name) <= claimLength { // nobody claimed it: it was put here by hand
		return f.settle(path, rejected, report{File: name, Dataset: string(d), Problem: &problem{Code: "no_claim", Vi: "Hãy đặt tệp vào thư mục của bộ dữ liệu, không đặt vào working.", En: "Put files into the folder of a dataset, not into working."}})
	}
	r := report{File: name[claimLength:], Dataset: string(d), At: f.now()}
	format, encoding := ingest.FormOf(r.File)
	if format == "" {
		r.Problem = &problem{Code: "unknown_format", Vi: "Không nhận ra định dạng qua tên tệp; nhận .ndjson, .csv, .json, .xlsx, có thể nén .gz hoặc .zst.", En: "The name says no format; .ndjson, .csv, .json and .xlsx are accepted, packed as .gz or .zst if you like."}
		return f.settle(path, rejected, r)
	}
	body, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NOFOLLOW, 0)
	if err != nil {
		return fmt.Errorf("drop: %w", err)
	}
	receipt, err := f.submit(ctx, ingest.Intake{
		Dataset: d, Format: format, Encoding: encoding, Body: body, Caller: f.sender.Caller, Agency: f.sender.Agency, Permit: f.sender.Permit, IdempotencyKey: name[:claimLength-1],
		Demonstration: f.cfg.Demonstration, Everything: true,
	})
	_ = body.Close() // nothing was written
	var failure *ingest.Error
	switch {
	case err == nil:
		r.add(receipt)
		return f.settle(path, placeOf(receipt), r)
	case ctx.Err() != nil:
		return nil // stopping; the claim is found again
	case errors.As(err, &failure) && failure.RetryAfter > 0:
		f.later[path] = f.now().Add(failure.RetryAfter)
		f.log.Warn("file of the drop folder has to wait", "claim", name[:claimLength-1], "kind", failure.Kind)
		return nil
	case errors.As(err, &failure):
		r.Problem = &problem{Code: string(failure.Kind), Line: failure.Line, Vi: failure.Text.Vi, En: failure.Text.En}
		return f.settle(path, rejected, r)
	}
	return fmt.Errorf("drop: %w", err)
}

// placeOf a receipt: what somebody has to look at is rejected, though its good rows were taken.
func placeOf(r ingest.Receipt) string {
	if r.Rejected > 0 {
		return rejected
	}
	return done
}

// settle writes the reports, then moves the file: a crash in between leaves it claimed, and the same receipt is given again.
func (f *Folder) settle(path, place string, r report) error {
	target := filepath.Join(f.cfg.Dir, place, filepath.Base(path))
	err := errors.Join(writeFile(target+".report.json", r.json()), writeFile(target+".report.txt", r.text()))
	if err == nil {
		err = os.Rename(path, target)
	}
	if err == nil {
		err = syncDir(filepath.Dir(target))
	}
	if err != nil {
		return fmt.Errorf("drop: %w", err)
	}
	f.log.Info("file of the drop folder taken", "place", place, "dataset", r.Dataset, "submission", r.Submission,
		"accepted", r.Accepted, "rejected", r.Rejected, "warned", r.Warned)
	return nil
}

// writeFile writes a file so that it is there wholly or not at all.
func writeFile(name string, content []byte) error {
	half := name + ".tmp"
	file, err := os.OpenFile(half, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o640)
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return err
	}
	return os.Rename(half, name)
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
