#!/usr/bin/env bash
# Installs what the tests need, builds, runs every test against real servers, and ends with "N passed, N failed".
# Arguments go to the test runner, such as: ./test.sh -class '*Migrator*'
# ./test.sh --official-clients runs Google's and Apify's own clients against the sandbox instead.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
[ "${1-}" != --official-clients ] || exec TrendVault.Tests/Sandbox/OfficialClients/run.sh
. .ci/packages.sh

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
need_dotnet
need_postgres
need redis-server redis-server
need ffmpeg ffmpeg
need yt-dlp yt-dlp
[ -n "${YTDLP_PATH:-}" ] || need_ytdlp_parts
need setsid util-linux
need bwrap bubblewrap
need chromium chromium
need swift-proxy-server swift-proxy
need swift-account-server swift-account
need swift-container-server swift-container
need swift-object-server swift-object
[ -d /usr/share/fonts/truetype/liberation ] || missing+=(fonts-liberation)
install_missing

if [ -z "${YTDLP_PATH:-}" ]; then
  .ci/ytdlp.sh .tools || true
  export YTDLP_PATH=$PWD/.tools/ytdlp/current/bin/yt-dlp
  if [ ! -x "$YTDLP_PATH" ]; then
    echo "The tests need a current yt-dlp: set YTDLP_PATH to one." >&2
    exit 69
  fi
fi

dotnet build -c Release --nologo -v quiet -clp:NoSummary

# Most code of a test runs once: neither counting what it does for a later optimisation, nor mapping it twice, to write and to run, pays.
export DOTNET_TieredPGO=0 DOTNET_EnableWriteXorExecute=0

results=$(mktemp)
trap 'rm -f "$results"' EXIT
code=0
TrendVault.Tests/bin/Release/net10.0/TrendVault.Tests -noLogo -noColor -result-xml "$results" "$@" || code=$?

# The runner's own results, added up over its assemblies.
count() { grep -o '<assembly [^>]*>' "$results" | grep -o " $1=\"[0-9]*\"" | tr -dc '0-9\n' | awk '{ n += $1 } END { print n + 0 }'; }
passed=$(count passed) failed=$(($(count failed) + $(count errors))) skipped=$(count skipped)
if [ $((passed + failed)) -eq 0 ]; then
  echo "No test ran." >&2
  exit 1
fi
[ "$failed" -eq 0 ] || code=1
grep -o '<test [^>]*result="Fail"[^>]*>' "$results" | sed -E 's/.* name="([^"]*)".*/failed: \1/' || true
if [ "$skipped" -gt 0 ]; then echo "$passed passed, $failed failed, $skipped skipped"; else echo "$passed passed, $failed failed"; fi
exit "$code"
