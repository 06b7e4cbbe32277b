# Sourced by run.sh and test.sh: installs the system packages that are missing, or says exactly what to install.

# need PROGRAM PACKAGE: remembers PACKAGE when PROGRAM is not there.
missing=()
need() {
  command -v "$1" >/dev/null 2>&1 || [ -x "$1" ] || missing+=("$2")
}

need_postgres() {
  command -v postgres >/dev/null 2>&1 || compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null || missing+=(postgresql)
}

# What .ci/ytdlp.sh makes a current yt-dlp of: pip, or Debian's own modules, which a package of a newer suite takes as well.
need_ytdlp_parts() {
  python3 -c 'import ensurepip' 2>/dev/null || missing+=(python3-venv)
  local module
  for module in brotli certifi mutagen pycryptodome:Cryptodome requests urllib3 websockets; do
    /usr/bin/python3 -c "import ${module#*:}" 2>/dev/null || missing+=("python3-${module%:*}")
  done
}

install_missing() {
  [ ${#missing[@]} -gt 0 ] || return 0
  if ! command -v apt-get >/dev/null 2>&1; then
    echo "TrendVault needs these programs, and this system has no apt-get to install them with: ${missing[*]}." >&2
    echo "Install them with your package manager and start again." >&2
    exit 69
  fi

  local root=()
  [ "$(id -u)" -eq 0 ] || root=(sudo)
  echo "Installing ${missing[*]} …"
  # Servers that these packages bring are started by TrendVault on private sockets, never as services on their usual ports.
  local policy=/usr/sbin/policy-rc.d made_policy=
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' | "${root[@]}" tee "$policy" >/dev/null
    "${root[@]}" chmod 755 "$policy"
    made_policy=1
  fi
  local failed=
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -qq || true
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null || failed=1
  [ -z "$made_policy" ] || "${root[@]}" rm -f "$policy"
  if [ -n "$failed" ]; then
    echo "Could not install ${missing[*]}. Install them by hand and start again." >&2
    exit 69
  fi
}

need_dotnet() {
  command -v dotnet >/dev/null 2>&1 && return 0
  echo "TrendVault needs the .NET 10 SDK: https://dotnet.microsoft.com/download" >&2
  exit 69
}
