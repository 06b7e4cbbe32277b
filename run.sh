#!/usr/bin/env bash
# Starts TrendVault on http://localhost:${PORT:-8080}. Installs what is missing first; see README.md for the settings.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$here"
. .ci/packages.sh

export ASPNETCORE_ENVIRONMENT=${ASPNETCORE_ENVIRONMENT:-Development}
export ASPNETCORE_CONTENTROOT=$here/TrendVault.Web
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
data=${DATA_DIR:-.data}

need_dotnet
[ -n "${DATABASE_URL:-}" ] || need_postgres
[ -n "${REDIS_URL:-}" ] || need redis-server redis-server
need ffmpeg ffmpeg
need setsid util-linux
[ -n "${YTDLP_PATH:-}" ] || need yt-dlp yt-dlp
install_missing

# A distribution's yt-dlp is years too old for today's sites: TrendVault keeps a current one of its own, asked for at most once a
# day while it cannot be had and every 30 days while it can. TrendVault starts meanwhile and takes it as soon as it is there.
refresh_ytdlp() {
  local venv=$data/ytdlp asked=$data/ytdlp.asked days=1
  [ -x "$venv/bin/yt-dlp" ] && days=30
  [ -z "$(find "$asked" -mtime -$days 2>/dev/null)" ] || return 0
  echo "Fetching a current yt-dlp …"
  mkdir -p "$data"
  touch "$asked"
  if { [ -x "$venv/bin/python" ] || python3 -m venv "$venv"; } >/dev/null 2>&1 &&
    PIP_DEFAULT_TIMEOUT=10 timeout 90 "$venv/bin/python" -m pip install --quiet --upgrade --retries 1 'yt-dlp[default]' >/dev/null 2>&1; then
    return 0
  fi
  [ -x "$venv/bin/yt-dlp" ] || rm -rf "$venv"
  echo "No current yt-dlp could be fetched; the one installed is used, which may be too old for YouTube and TikTok."
}
[ -n "${YTDLP_PATH:-}" ] || refresh_ytdlp &

app=TrendVault.Web/bin/Release/net10.0/TrendVault.Web.dll
newer=$(find TrendVault.Web TrendVault.Core db Directory.*.props global.json -newer "$app" -type f \
  -not -path '*/obj/*' -not -path '*/bin/*' -not -path '*/wwwroot/*' -print -quit 2>/dev/null || echo none)
if [ ! -f "$app" ] || [ -n "$newer" ]; then
  echo "Building …"
  dotnet build TrendVault.Web -c Release --nologo -v quiet -clp:NoSummary
fi

# exec: Ctrl-C and SIGTERM reach TrendVault itself, which ends its children.
exec dotnet "$app"
