#!/usr/bin/env bash
# Google's and Apify's own clients against the sandbox: installs them, prints a line for each check, and ends with "N passed, N failed".
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
. .ci/packages.sh

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
need_dotnet
need_postgres
need redis-server redis-server
need ffmpeg ffmpeg
need node nodejs
need npm npm
[ -d /usr/lib/python3/dist-packages/googleapiclient ] || missing+=(python3-googleapi)
install_missing

npm ci --prefix TrendVault.Tests/Sandbox/OfficialClients --silent
dotnet build TrendVault.Tests -c Release --nologo -v quiet -clp:NoSummary

lines=$(mktemp)
trap 'rm -f "$lines"' EXIT
code=0
TrendVault.Tests/bin/Release/net10.0/TrendVault.Tests -noLogo -noColor -parallel none -explicit only \
  -class '*.OfficialClientTests' >"$lines" 2>&1 || code=$?
grep -E '^(passed|failed): ' "$lines" || true
count() { grep -c "^$1: " "$lines" || true; }
passed=$(count passed) failed=$(count failed)
if [ "$code" -ne 0 ] && [ "$failed" -eq 0 ] || [ "$passed" -eq 0 ]; then
  cat "$lines" >&2
  exit 1
fi
echo "$passed passed, $failed failed"
exit "$code"
