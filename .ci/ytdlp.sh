# Sourced by run.sh: keeps a current yt-dlp for TrendVault.

# A distribution's yt-dlp is years too old for today's sites: TrendVault keeps a current one of its own, asked for at most once a
# day while it cannot be had and every 30 days while it can. TrendVault starts meanwhile and takes it as soon as it is there.
# YouTube wants a JavaScript runtime (deno) and TikTok a browser's manners (curl-cffi); where these cannot be had, yt-dlp alone will do.
refresh_ytdlp() {
  local data=$1 venv=$1/ytdlp asked=$1/ytdlp.asked days=1
  [ -x "$venv/bin/yt-dlp" ] && days=30
  [ -z "$(find "$asked" -mtime -$days 2>/dev/null)" ] || return 0
  echo "Fetching a current yt-dlp …"
  mkdir -p "$data"
  touch "$asked"
  if { [ -x "$venv/bin/python" ] || python3 -m venv "$venv"; } >/dev/null 2>&1 &&
    { pip_ytdlp "$venv" 300 'yt-dlp[default,curl-cffi,deno]' || pip_ytdlp "$venv" 90 'yt-dlp[default]'; }; then
    return 0
  fi
  [ -x "$venv/bin/yt-dlp" ] || rm -rf "$venv"
  echo "No current yt-dlp could be fetched; the one installed is used, which may be too old for YouTube and TikTok."
}

# pip_ytdlp VENV SECONDS PACKAGE
pip_ytdlp() {
  PIP_DEFAULT_TIMEOUT=10 timeout "$2" "$1/bin/python" -m pip install --quiet --upgrade --retries 1 "$3" >/dev/null 2>&1
}
