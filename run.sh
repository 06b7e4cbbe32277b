#!/usr/bin/env bash
# Starts TrendVault on http://localhost:${PORT:-8080}. Installs what is missing first; see README.md for the settings.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$here"
. .ci/packages.sh

export ASPNETCORE_ENVIRONMENT=${ASPNETCORE_ENVIRONMENT:-Development}
export ASPNETCORE_CONTENTROOT=$here/TrendVault.Web
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

need_dotnet
[ -n "${DATABASE_URL:-}" ] || need_postgres
[ -n "${REDIS_URL:-}" ] || need redis-server redis-server
need ffmpeg ffmpeg
need setsid util-linux
need bwrap bubblewrap
if [ -z "${YTDLP_PATH:-}" ]; then
  need yt-dlp yt-dlp
  need_ytdlp_parts
  # TrendVault runs it, now and while it is up, and ends it with everything else.
  export YTDLP_REFRESH=${YTDLP_REFRESH-$here/.ci/ytdlp.sh}
fi
install_missing

app=TrendVault.Web/bin/Release/net10.0/TrendVault.Web.dll
newer=$(find TrendVault.Web TrendVault.Core db Directory.*.props global.json -newer "$app" -type f \
  -not -path '*/obj/*' -not -path '*/bin/*' -not -path '*/wwwroot/*' -print -quit 2>/dev/null || echo none)
if [ ! -f "$app" ] || [ -n "$newer" ]; then
  echo "Building …"
  dotnet build TrendVault.Web -c Release --nologo -v quiet -clp:NoSummary
fi

# exec: Ctrl-C and SIGTERM reach TrendVault itself, which ends its children.
exec dotnet "$app" "$@"
