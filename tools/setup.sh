#!/bin/bash
# Makes a checkout ready: the commands that the engine calls, the npm packages, the bundle of the command line.
# Does only what is missing, so it is cheap to call; says nothing where nothing fails but the steps that take long.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

say() { echo "pontoon: $*" >&2; }

# Runs a step; its output is shown only where it fails, and then all of it.
quietly() {
  local log status
  log=$(mktemp)
  "$@" >"$log" 2>&1 </dev/null
  status=$?
  [ $status -eq 0 ] || cat "$log" >&2
  rm -f "$log"
  return $status
}

# command:package, by the names that Debian gives them.
needed=(crun:crun conmon:conmon nft:nftables busybox:busybox-static ip:iproute2 nsenter:util-linux flock:util-linux
  mount:mount ps:procps tar:tar sysctl:procps)

missing_packages() {
  local entry
  for entry in "${needed[@]}"; do has_command "${entry%%:*}" || echo "${entry#*:}"; done | sort -u
}

has_command() {
  local path
  path=$(PATH=$PATH:/usr/sbin:/sbin command -v "$1") || return 1
  # The image busybox is made from the binary alone, so it must not need a loader (its name stands in the first page).
  [ "$1" != busybox ] || ! head -c 4096 "$path" | grep -q -a 'ld-linux\|ld-musl'
}

install_packages() {
  [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null || return 1
  say "installing $*"
  export DEBIAN_FRONTEND=noninteractive
  local install=(apt-get install -y --no-install-recommends "$@")
  # Lists that are there may be all it needs; fetching them anew is the slow part.
  if compgen -G '/var/lib/apt/lists/*_Packages*' >/dev/null && "${install[@]}" >/dev/null 2>&1 </dev/null; then return 0; fi
  quietly apt-get update && quietly "${install[@]}"
}

check_commands() {
  local missing
  mapfile -t missing < <(missing_packages)
  [ ${#missing[@]} -eq 0 ] && return 0
  install_packages "${missing[@]}"
  mapfile -t missing < <(missing_packages)
  [ ${#missing[@]} -eq 0 ] && return 0
  say "missing: ${missing[*]}"
  say "get them, as root: apt-get install ${missing[*]}   (Debian and Ubuntu; other systems name them alike)"
  return 1
}

check_machine() {
  case $(uname -s)/$(uname -m) in
    Linux/x86_64 | Linux/aarch64) return 0 ;;
  esac
  say "runs on Linux on x86-64 and arm64; this is $(uname -s) on $(uname -m)"
  return 1
}

check_npm() {
  command -v npm >/dev/null || install_packages npm
  if ! command -v npm >/dev/null; then
    say "missing: npm 7 or newer, any Node beside it   (Debian: apt-get install npm; others: https://nodejs.org)"
    return 1
  fi
  local version
  version=$(npm --version)
  [ "${version%%.*}" -ge 7 ] && return 0
  say "npm is too old: $version; workspaces need 7 or newer"
  return 1
}

# A copy of the lock file tells what node_modules was made from.
install_modules() {
  local installed=node_modules/.pontoon-lock
  cmp -s package-lock.json $installed && compgen -G 'node_modules/node-linux-*/bin/node' >/dev/null && return 0
  check_npm || return 1
  say 'installing the npm packages (once)'
  quietly npm ci --ignore-scripts --no-audit --no-fund --loglevel=error || return 1
  cp package-lock.json $installed
}

bundle() {
  [ build/cli.cjs -nt package-lock.json ] && [ -z "$(find apps/cli/src packages/{api,fault,lab}/src tools/bundle.ts \
    -newer build/cli.cjs -name '*.ts' -print -quit)" ] && return 0
  quietly tools/node tools/bundle.ts
}

check_machine && check_commands || exit 1
if ! mkdir -p build 2>/dev/null || [ ! -w build ]; then
  say "$PWD cannot be written: run ./pontoon once as a user who can"
  exit 1
fi
exec 9>build/.lock
flock 9 # of several at once the first does it, and the others find it done
install_modules && bundle
