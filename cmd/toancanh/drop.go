package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/toancanh/toancanh/ingest/drop"
	"github.com/toancanh/toancanh/query/httpapi"
	"github.com/toancanh/toancanh/query/httpapi/callers"
)

// dropFolder is a folder to take files from, and whose they are.
type dropFolder struct {
	dir    string
	caller string // id of a token, "" without one
}

var callerPrefix = regexp.MustCompile(`^([a-z2-7]{10})=`)

// parseDrops reads --drop: DIR, or ID=DIR with the id of a token. No folder may lie in another: each takes every file below it.
func parseDrops(texts []string) ([]dropFolder, error) {
	var list []dropFolder
	for _, text := range texts {
		var f dropFolder
		if found := callerPrefix.FindStringSubmatch(text); found != nil {
			f.caller, text = found[1], strings.TrimPrefix(text, found[0])
		}
		if text == "" {
			return nil, errors.New("--drop takes a folder, or ID=FOLDER with the id of a token")
		}
		var err error
		if f.dir, err = filepath.Abs(text); err != nil {
			return nil, fmt.Errorf("--drop: %w", err)
		}
		for _, other := range list {
			if within(f.dir, other.dir) || within(other.dir, f.dir) {
				return nil, fmt.Errorf("--drop: %s and %s lie in each other; each sender has a folder of its own", other.dir, f.dir)
			}
		}
		list = append(list, f)
	}
	return list, nil
}

func within(dir, other string) bool {
	rel, err := filepath.Rel(other, dir)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

// check refuses to start with a folder that no file could be taken from.
func (f dropFolder) check(known *callers.Registry) error {
	_, err := f.sender(known)()
	var why *drop.Unable
	if errors.As(err, &why) {
		return fmt.Errorf("--drop %s: %s", f.dir, why.En)
	}
	return err
}

// sender says whose files they are, anew each time: tokens come, expire and are taken back while the server runs.
func (f dropFolder) sender(known *callers.Registry) func() (drop.Sender, error) {
	return func() (drop.Sender, error) {
		if f.caller == "" && !known.Configured() {
			return drop.Sender{Caller: "drop"}, nil
		}
		if f.caller == "" {
			return drop.Sender{}, unable("Máy chủ đã dùng mã truy cập: thư mục này cần mã của nơi gửi (serve --drop ID=THƯ_MỤC).",
				"access tokens are in use: say whose files they are with --drop ID="+f.dir+", the id as `toancanh token list` shows it")
		}
		caller, err := known.ByID(f.caller)
		switch {
		case errors.Is(err, callers.ErrExpired):
			return drop.Sender{}, unable("Mã truy cập của thư mục này đã hết hạn.", "the token "+f.caller+" has expired")
		case errors.Is(err, callers.ErrRevoked):
			return drop.Sender{}, unable("Mã truy cập của thư mục này đã bị thu hồi.", "the token "+f.caller+" was taken back")
		case err != nil:
			return drop.Sender{}, unable("Không có mã truy cập của thư mục này.", "there is no token with the id "+f.caller)
		case !httpapi.Sends(caller):
			return drop.Sender{}, unable("Mã truy cập của thư mục này không được gửi số liệu.", "the token "+f.caller+" is of role "+string(caller.Role)+"; reporter and approver send")
		}
		return drop.Sender{Caller: caller.ID, Agency: httpapi.AgencyOf(caller), Permit: httpapi.PermitOf(caller)}, nil
	}
}

func unable(vi, en string) error { return &drop.Unable{Vi: vi, En: en} }

// watch takes files from the folder until ctx ends.
func (f dropFolder) watch(ctx context.Context, r *rooms, log *slog.Logger) error {
	cfg := drop.DefaultConfig()
	cfg.Dir, cfg.Sender = f.dir, f.sender(r.callers)
	folder, err := drop.New(cfg, r.ingest.Submit, time.Now, log.With("room", "drop"))
	if err != nil {
		return err
	}
	return folder.Run(ctx)
}
