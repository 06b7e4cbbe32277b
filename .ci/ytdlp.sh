#!/usr/bin/env bash
# ytdlp.sh FOLDER: keeps a current yt-dlp at FOLDER/ytdlp/current/bin/yt-dlp and looks for a newer one once a week.
#
# A distribution's yt-dlp is years too old for today's sites. PyPI is asked first, which has all that yt-dlp can use (curl_cffi for
# TikTok, Deno for YouTube); then Debian's newer suites, whose package runs on an older Debian. Each is installed into a
# folder of its own and takes the place of the one before when it has run; the one before stays for what still runs from it.
set -uo pipefail

home=$(mkdir -p "$1/ytdlp" && cd "$1/ytdlp" && pwd) || exit
current=$home/current
suites=(trixie-backports sid)
keyring=${DEBIAN_KEYRING:-/usr/share/keyrings/debian-archive-keyring.gpg}
python=/usr/bin/python3

is_due() {
  [ ! -x "$current/bin/yt-dlp" ] || [ -z "$(find "$home/asked" -mtime -7 2>/dev/null)" ]
}

# version_of FOLDER. In an empty home, and without this shell's environment: neither may hand it configuration or a plugin.
version_of() {
  local empty version
  empty=$(mktemp -d "$home/home.XXXXXX") || return
  version=$(cd "$empty" && env -i PATH="$PATH" LANG=C.UTF-8 HOME="$empty" XDG_CONFIG_HOME="$empty" XDG_CACHE_HOME="$empty" TMPDIR="$empty" \
    timeout 60 "$1/bin/yt-dlp" --ignore-config --version 2>/dev/null)
  rm -rf "$empty"
  [[ $version =~ ^[0-9]{4}\.[0-9]{2}\.[0-9]{2} ]] && echo "$version"
}

# yt-dlp takes Deno from 2.3 on.
has_deno() {
  [[ $(deno --version 2>/dev/null) =~ ^deno\ ([0-9]+)\.([0-9]+) ]] && ((BASH_REMATCH[1] * 1000 + BASH_REMATCH[2] >= 2003))
}

# from_pypi FOLDER. Named extras with pinned versions: a newer curl_cffi than yt-dlp knows breaks TikTok.
from_pypi() {
  local extras=default,pin,pin-curl-cffi
  has_deno || extras+=,pin-deno
  timeout 60 python3 -m venv "$1" &&
    PIP_DEFAULT_TIMEOUT=10 timeout 600 "$1/bin/python" -m pip install --quiet --retries 1 --only-binary :all: "yt-dlp[$extras]"
}

# from_debian FOLDER SUITE. apt with sources, lists and archives of its own: it checks the signatures, and nothing of the system changes.
from_debian() {
  local folder=$1 suite=$2 apt=$1/apt mirror
  mirror=$(debian_mirror) || { echo "apt names no archive of Debian's" && return 1; }
  mkdir -p "$apt/lists/partial" "$apt/archives/partial" "$folder/bin"
  echo "deb [signed-by=$keyring] $mirror $suite main" >"$apt/sources.list"
  own_apt "$apt" update -qq &&
    (cd "$apt" && own_apt "$apt" download -qq "yt-dlp/$suite") &&
    dpkg -x "$apt"/yt-dlp_*.deb "$apt/root" &&
    mv "$apt/root/usr/lib/python3/dist-packages" "$folder/lib" || return 1
  rm -rf "$apt"
  launcher >"$folder/bin/yt-dlp"
  chmod 755 "$folder/bin/yt-dlp"
  # What is not compiled beforehand is compiled at every start.
  "$python" -IBm compileall -q -j 0 "$folder/lib"
  has_deno || from_npm "$folder/bin" || echo "No Deno could be fetched: YouTube needs it, or Node.js 22, on the PATH." >&2
}

own_apt() {
  local apt=$1
  shift
  timeout 120 apt-get -o Dir::Etc::SourceList="$apt/sources.list" -o Dir::Etc::SourceParts=/dev/null \
    -o Dir::State::Lists="$apt/lists" -o Dir::Cache="$apt" -o APT::Sandbox::User="$(id -un)" -o Debug::NoLocking=1 \
    -o Acquire::AllowInsecureRepositories=false -o APT::Get::AllowUnauthenticated=false \
    -o Acquire::Languages=none -o Acquire::Retries=1 -o Acquire::http::Timeout=10 -o Acquire::https::Timeout=10 "$@"
}

# The archive that this Debian itself is installed from.
debian_mirror() {
  apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 2>/dev/null | grep -m 1 -E '^https?://[^ ]+/debian/?$'
}

# Isolated (-I): neither the folder that it is started in nor anything of the environment decides which modules are loaded.
launcher() {
  cat <<PYTHON
#!$python -IBuXutf8
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.realpath(__file__))), "lib"))

from yt_dlp import main

main()
PYTHON
}

# from_npm FOLDER: Deno from its package, which npm holds against the digest that the registry names.
from_npm() {
  local package work
  case $(uname -sm) in
    'Linux x86_64') package=@deno/linux-x64-glibc ;;
    'Linux aarch64') package=@deno/linux-arm64-glibc ;;
    *) return 1 ;;
  esac
  command -v npm >/dev/null || return 1
  work=$(mktemp -d "$home/npm.XXXXXX") || return 1
  (cd "$work" && timeout 300 npm pack --silent --ignore-scripts --fetch-retries 1 --fetch-timeout 30000 --cache "$work/cache" "$package") >/dev/null &&
    tar -xzf "$work"/*.tgz -C "$work" package/deno &&
    "$work/package/deno" --version >/dev/null &&
    mv "$work/package/deno" "$1/deno"
  local code=$?
  rm -rf "$work"
  return $code
}

# try NAME COMMAND…: installs into a folder of its own by COMMAND FOLDER ….
try() {
  local name=$1 install=$2 folder log version
  shift 2
  folder=$(mktemp -d "$home/$(date +%Y%m%d).XXXXXX") || return 1
  log=$folder.log
  if "$install" "$folder" "$@" >"$log" 2>&1 && version=$(version_of "$folder"); then
    take "$folder" "$version" "$name"
    rm -f "$log"
    return 0
  fi
  echo "$name has none that runs here$(tail -n 1 "$log" | sed 's/^/: /')"
  rm -rf "$folder" "$log"
  return 1
}

# take FOLDER VERSION NAME: puts it in the place of the one before, in one step. An older one than that is dropped.
take() {
  local before
  before=$(readlink -f "$current" 2>/dev/null)
  if [ -x "$current/bin/yt-dlp" ] && [[ $(version_of "$current") > $2 ]]; then
    echo "The newest at $3 is $2, older than the one that is there."
    rm -rf "$1"
    return
  fi
  chmod 755 "$1"
  ln -s "$(basename "$1")" "$home/next" && mv -T "$home/next" "$current"
  find "$home" -mindepth 1 -maxdepth 1 -type d ! -path "$1" ! -path "${before:-$1}" -exec rm -rf {} +
  echo "yt-dlp $2 is here, from $3."
}

try_debian() {
  if ! command -v apt-get >/dev/null || ! command -v dpkg >/dev/null || [ ! -x "$python" ]; then
    return 1
  fi
  if [ ! -r "$keyring" ]; then
    echo "Debian's archive is left out: its keyring is missing (apt-get install debian-archive-keyring)."
    return 1
  fi
  for suite in "${suites[@]}"; do
    try "Debian's $suite" from_debian "$suite" && return 0
  done
  return 1
}

exec 9>"$home/lock"
# Another instance with the same folder is at it.
flock -n 9 || exit 0
# As it was laid out before.
[ -e "$current" ] || [ ! -x "$home/bin/yt-dlp" ] || ln -s . "$current"
is_due || exit 0
rm -rf "$home/next" "$home"/home.* "$home"/npm.*
touch "$home/asked"
try PyPI from_pypi || try_debian && exit 0
if [ -x "$current/bin/yt-dlp" ]; then
  echo "No newer yt-dlp could be had: the one that is there goes on."
else
  echo "No current yt-dlp could be had: the one on the PATH is used, which may be too old."
fi
exit 1
