#!/usr/bin/env bash
# Fetches the pinned engine into DIR and shows how far it has come: npm draws nothing
# of its own where there is no terminal. npm checks the content against the lock file.
set -euo pipefail
dir=$1
here=$(dirname "$0")
mkdir -p "$dir"
cp "$here/package.json" "$here/package-lock.json" "$dir/"
npm ci --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error --prefix "$dir" >"$dir/npm.log" 2>&1 &
fetch=$!
trap 'kill "$fetch" 2>/dev/null || true' EXIT
while kill -0 "$fetch" 2>/dev/null; do
	sleep 1
	printf '  %4d of about 543 MB unpacked\r' "$(du -sm "$dir/node_modules" 2>/dev/null | cut -f1 || echo 0)" >&2
done
printf '\n' >&2
wait "$fetch" || { cat "$dir/npm.log" >&2; exit 1; }
trap - EXIT
