#!/usr/bin/env bash
# How long ./run.sh takes to the first 200 of /trending: on a fresh data folder, and again on the same one. Limits: 15 s and 8 s.
# The floor of the same run is `dotnet --version`, what the SDK takes to say anything at all.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

export PORT=${PORT:-18480} SANDBOX_PORT=${SANDBOX_PORT:-18481}
DATA_DIR=$(mktemp -d)
export DATA_DIR
chmod 755 "$DATA_DIR"
log=$DATA_DIR/log
app=
trap '[ -z "$app" ] || kill "$app" 2>/dev/null || true; wait; rm -rf "$DATA_DIR"' EXIT

now() { date +%s.%N; }
since() { awk -v a="$1" -v b="$(now)" 'BEGIN { printf "%.2f", b - a }'; }

start() {
  local begun
  begun=$(now)
  ./run.sh >>"$log" 2>&1 &
  app=$!
  until curl -fsS -o /dev/null --max-time 5 "http://localhost:$PORT/trending" 2>/dev/null; do
    kill -0 "$app" 2>/dev/null || { cat "$log"; exit 1; }
    sleep 0.05
  done
  took=$(since "$begun")
}

stop() {
  kill "$app"
  wait "$app" || true
  app=
}

begun=$(now); dotnet --version >/dev/null; floor=$(since "$begun")
start; first=$took; stop
start; again=$took
rss=$(awk '/VmRSS/ { printf "%.0f", $2 / 1024 }' "/proc/$app/status")
stop
ratio() { awk -v a="$1" -v b="$floor" 'BEGIN { printf "%.1f", a / b }'; }
echo "floor (dotnet --version)   $floor s"
echo "first start                $first s   $(ratio "$first") x floor"
echo "restart                    $again s   $(ratio "$again") x floor"
echo "memory of the app then     $rss MiB"
