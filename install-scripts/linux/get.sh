#!/bin/sh
# What the console's one line runs, straight from the server: finds out which package this machine needs, gets it from
# the same server over the same TLS, checks it, unpacks it and hands over to its install.sh. It must never run anything
# that was not wholly received, and it never loosens how TLS is checked.
#   curl -fsSL https://SERVER/agent/install/linux | sudo sh -s -- --server https://SERVER --token TOKEN
set -eu
umask 022

say() { if [ "$lang" = en ]; then printf '%s\n' "$2"; else printf '%s\n' "$1"; fi; }
die() {
  say "vigia: $1" "vigia: $2" >&2
  exit "${3-1}"
}
has() { command -v "$1" >/dev/null 2>&1; }
newline='
'

# Only what is needed to get the package; all the rest is install.sh's to judge.
read_options() {
  while [ $# -gt 0 ]; do
    case "$1" in
      --server) servers="$servers${2-}$newline" ;;
      --proxy) proxy=${2-} ;;
      --proxy-credentials-file) proxy_credentials=${2-} ;;
      --ca-file) ca_file=${2-} ;;
      --lang) lang=${2-} ;;
      --token | --token-file | --root) ;;
      --allow-insecure-http) insecure=1 ;;
      --uninstall) uninstall=1 ;;
    esac
    case "$1" in
      --server | --proxy | --proxy-credentials-file | --ca-file | --lang | --token | --token-file | --root)
        if [ $# -gt 1 ]; then shift; fi ;;
    esac
    shift
  done
}

target_of_machine() {
  if [ "$(uname -s)" != Linux ]; then die "este sistema não é Linux" "this system is not Linux"; fi
  case "$(uname -m)" in
    x86_64 | amd64) target=linux-x64 ;;
    aarch64 | arm64) target=linux-arm64 ;;
    *) die "não há pacote para $(uname -m); há para x86_64 e aarch64" "there is no package for $(uname -m); there is for x86_64 and aarch64" ;;
  esac
  # The program is linked to glibc. Where another C library rules, its loader is not there.
  for loader in /lib64/ld-linux-x86-64.so.2 /lib/ld-linux-aarch64.so.1; do
    if [ -e "$loader" ]; then return; fi
  done
  die 'este sistema não tem glibc (Alpine?): use a imagem de contêiner do agente' 'this system has no glibc (Alpine?): use the container image of the agent'
}

# Plain HTTP only to this machine itself, or where somebody said so: what comes is run as root.
check_address() {
  case "$1" in
    https://?*) return ;;
    http://?*) ;;
    *) die "--server: \"$1\"; esperado: https://servidor[:porta]" "--server: \"$1\"; wanted: https://host[:port]" 2 ;;
  esac
  if [ "$insecure" = 1 ]; then return; fi
  host=${1#http://}
  host=${host%%/*}
  case "$host" in
    localhost | localhost:* | '[::1]' | '[::1]':*) return ;;
    # A name that only begins so is another machine.
    127.*) case "${host%%:*}" in *[!0-9.]*) ;; *) return ;; esac ;;
  esac
  die "--server: $1 não é cifrado; esperado: https:// (ou --allow-insecure-http, só em rede de teste)" "--server: $1 is not encrypted; wanted: https:// (or --allow-insecure-http, test networks only)" 2
}

# fetch URL FILE. The proxy's password goes through a file, because arguments can be read by every user.
fetch() {
  if has curl; then
    set -- -fsS --proto '=http,https' --tlsv1.2 --connect-timeout 15 --retry 2 --max-time 900 -o "$2" "$1"
    if [ -n "$ca_file" ]; then set -- --cacert "$ca_file" "$@"; fi
    if [ "$proxy" = none ]; then set -- --noproxy '*' "$@"; elif [ -n "$proxy" ]; then set -- --proxy "$proxy" "$@"; fi
    if [ -n "$proxy_credentials" ]; then
      head -n 1 "$proxy_credentials" | sed 's/[\\"]/\\&/g; s/^/proxy-user = "/; s/$/"/' | curl -K - "$@"
    else
      curl "$@"
    fi
    return
  fi
  set -- -q --max-redirect=0 --tries=2 --connect-timeout=15 --read-timeout=60 -O "$2" "$1"
  if [ -n "$ca_file" ]; then set -- --ca-certificate="$ca_file" "$@"; fi
  if [ "$proxy" = none ]; then
    wget --no-proxy "$@"
  elif [ -n "$proxy" ]; then
    https_proxy=$proxy http_proxy=$proxy wget "$@"
  else
    wget "$@"
  fi
}

check_tools() {
  # wget of busybox does not check who answers.
  if ! has curl && { ! has wget || ! wget --version 2>/dev/null | grep -q 'GNU Wget'; }; then
    die 'falta o curl (ou o GNU wget): instale e rode de novo' 'curl (or GNU wget) is missing: install it and run this again'
  fi
  if ! has curl && [ -n "$proxy_credentials" ]; then
    die 'um proxy com senha precisa do curl: instale e rode de novo' 'a proxy with a password needs curl: install it and run this again'
  fi
  for tool in tar xz sha256sum; do
    if ! has "$tool"; then
      package=$tool
      if [ "$tool" = xz ]; then package='xz-utils (Debian, Ubuntu) / xz'; fi
      die "falta o programa $tool: instale o pacote $package e rode de novo" "the program $tool is missing: install the package $package and run this again"
    fi
  done
}

get_package() {
  old_ifs=$IFS
  IFS=$newline
  for server in $servers; do
    IFS=$old_ifs
    server=${server%/}
    url=$server/agent/packages/$target
    say "baixando $url" "getting $url"
    if fetch "$url.sha256" "$folder/package.sha256" && fetch "$url" "$folder/package.tar.xz"; then
      sum=$(sha256sum "$folder/package.tar.xz")
      told=$(head -n 1 "$folder/package.sha256")
      if [ "${sum%% *}" = "${told%% *}" ]; then return; fi
      say 'vigia: o pacote chegou danificado (SHA-256 diferente)' 'vigia: the package arrived damaged (SHA-256 differs)' >&2
    fi
    IFS=$newline
  done
  IFS=$old_ifs
  die "o pacote não pôde ser obtido; no servidor Vigia: npm run pack:agent -- --target $target (ou verifique endereço, proxy e certificado)" "the package could not be had; on the Vigia server: npm run pack:agent -- --target $target (or check address, proxy and certificate)"
}

main() {
  servers='' proxy='' proxy_credentials='' ca_file='' insecure=0 uninstall=0
  case "${LC_ALL:-${LANG:-}}" in en*) lang=en ;; *) lang=pt ;; esac
  read_options "$@"
  if [ "$uninstall" = 1 ]; then die 'para remover: sudo sh /opt/vigia-agent/install.sh --uninstall' 'to remove: sudo sh /opt/vigia-agent/install.sh --uninstall' 2; fi
  if [ -z "$servers" ]; then die '--server: falta; esperado: o endereço do servidor Vigia' '--server: missing; wanted: the address of the Vigia server' 2; fi
  old_ifs=$IFS
  IFS=$newline
  for each in $servers; do check_address "$each"; done
  IFS=$old_ifs
  target_of_machine
  check_tools
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
  trap 'exit 1' HUP INT TERM
  get_package
  # Owned by who runs this, whatever the archive says.
  tar -xJf "$folder/package.tar.xz" -C "$folder" --no-same-owner
  sh "$folder/vigia-agent/install.sh" "$@"
}

# On the last line, so that a script cut off on the way does nothing at all.
main "$@"
