#!/bin/sh
# Makes this Linux machine a Vigia agent: puts the program in place, enrols it, runs it as a service under a user of its
# own. Runs from the unpacked package or from a checkout. Idempotent: run it again to upgrade; an upgrade that does not
# start is taken back. It changes nothing with --dry-run and must never touch the key of an agent that is enrolled.
set -eu
umask 022

usage() {
  say 'install.sh --server URL [--server URL2] (--token T | --token-file ARQ) [opções]
install.sh [--root DIR] [--dry-run]                        atualiza um agente já inscrito
install.sh --uninstall [--purge] [--root DIR] [--dry-run]

  --server URL                  endereço do servidor Vigia; pode ser repetido
  --token T                     token de inscrição, que o painel mostra
  --token-file ARQ              arquivo que contém só o token; "-" lê da entrada padrão.
                                Sem as duas opções vale a variável VIGIA_TOKEN, que, ao contrário
                                de --token, não aparece na lista de processos
  --proxy URL                   proxy HTTP (http://host:porta)
  --proxy-credentials-file ARQ  arquivo com usuário:senha do proxy
  --ca-file ARQ                 certificado (PEM) da autoridade própria do servidor
  --allow-insecure-http         aceita http: além desta máquina (só redes de teste)
  --root DIR                    instala abaixo de DIR e não inicia nada; sem isso é preciso ser root
  --dry-run                     diz o que faria e não faz nada
  --uninstall                   para o serviço e remove o programa; a chave e a fila do agente ficam
  --purge                       com --uninstall: apaga também a chave, a fila e o usuário
  --lang pt|en                  língua das mensagens

Códigos de saída: 0 feito, 1 falhou, 2 uso errado.' 'install.sh --server URL [--server URL2] (--token T | --token-file FILE) [options]
install.sh [--root DIR] [--dry-run]                        upgrade an agent that is enrolled
install.sh --uninstall [--purge] [--root DIR] [--dry-run]

  --server URL                  address of the Vigia server; may be repeated
  --token T                     enrolment token, shown by the console
  --token-file FILE             file that holds the token and nothing else; "-" reads standard input.
                                Without both the variable VIGIA_TOKEN counts, which, unlike --token,
                                does not show in the list of processes
  --proxy URL                   HTTP proxy (http://host:port)
  --proxy-credentials-file FILE file with user:password for the proxy
  --ca-file FILE                certificate (PEM) of the server'"'"'s own authority
  --allow-insecure-http         allow http: beyond this machine (test networks only)
  --root DIR                    install below DIR and start nothing; without it root is needed
  --dry-run                     say what would be done, do nothing
  --uninstall                   stop the service, remove the program; the agent'"'"'s key and spool stay
  --purge                       with --uninstall: the key, the spool and the user go too
  --lang pt|en                  language of the messages

Exit codes: 0 done, 1 failed, 2 wrong usage.'
}

say() { if [ "$lang" = en ]; then printf '%s\n' "$2"; else printf '%s\n' "$1"; fi; }
warn() { say "install.sh: $1" "install.sh: $2" >&2; }
die() {
  warn "$1" "$2"
  exit 1
}
mistake() {
  mistakes="${mistakes}$(say "install.sh: $1" "install.sh: $2")
"
}
has() { command -v "$1" >/dev/null 2>&1; }
run() {
  if [ "$dry" = 1 ]; then say "faria: $*" "would run: $*"; else "$@"; fi
}
newline='
'

# An option where a value belongs is a forgotten value; any other text is one (a token may begin with a hyphen).
is_value() {
  case "$1" in
    '' | --server | --token | --token-file | --proxy | --proxy-credentials-file | --ca-file | --root | --lang | \
      --allow-insecure-http | --dry-run | --uninstall | --purge | --help | -h) return 1 ;;
    *) return 0 ;;
  esac
}

read_options() {
  while [ $# -gt 0 ]; do
    option=$1
    shift
    case "$option" in
      --server | --token | --token-file | --proxy | --proxy-credentials-file | --ca-file | --root | --lang)
        if ! is_value "${1-}"; then
          mistake "$option: esperado: um valor depois da opção" "$option: wanted: a value after it"
          if [ $# -gt 0 ] && [ -z "$1" ]; then shift; fi
          continue
        fi
        case "$option" in
          --server) servers="$servers$1$newline" ;;
          --token) token=$1 ;;
          --token-file) token_file=$1 ;;
          --proxy) proxy=$1 ;;
          --proxy-credentials-file) proxy_credentials=$1 ;;
          --ca-file) ca_file=$1 ;;
          --root) root=$1 rooted=1 ;;
          --lang) lang=$1 ;;
        esac
        shift
        ;;
      --allow-insecure-http) insecure=1 ;;
      --dry-run) dry=1 ;;
      --uninstall) uninstall=1 ;;
      --purge) purge=1 ;;
      -h | --help) help=1 ;;
      *) mistake "$option: opção desconhecida" "$option: no such option" ;;
    esac
  done
}

check_options() {
  case "$lang" in
    pt | en) ;;
    *)
      mistake "--lang: \"$lang\"; esperado: pt ou en" "--lang: \"$lang\"; wanted: pt or en"
      lang=pt
      ;;
  esac
  if [ "$uninstall" = 1 ]; then
    if [ -n "$servers$token$token_file$proxy$proxy_credentials$ca_file" ] || [ "$insecure" = 1 ]; then
      mistake '--uninstall: não aceita endereço nem token' '--uninstall: takes no address and no token'
    fi
    return
  fi
  if [ "$purge" = 1 ]; then mistake '--purge: só com --uninstall' '--purge: only with --uninstall'; fi
  if [ -n "$token" ] && [ -n "$token_file" ]; then
    mistake '--token-file: --token já foi dado' '--token-file: --token was given too'
  fi
  for pair in "--token-file $token_file" "--proxy-credentials-file $proxy_credentials" "--ca-file $ca_file"; do
    file=${pair#* }
    if [ -n "$file" ] && [ "$pair" != '--token-file -' ] && [ ! -r "$file" ]; then
      mistake "${pair%% *}: o arquivo $file não pode ser lido" "${pair%% *}: the file $file cannot be read"
    fi
  done
  if [ -n "$mistakes" ] || [ "$enrolled" = 1 ]; then return; fi
  if [ -z "$servers" ]; then
    mistake '--server: falta; esperado: o endereço do servidor Vigia' '--server: missing; wanted: the address of the Vigia server'
  fi
  read_token
  if [ -z "$token" ]; then
    mistake '--token: falta; esperado: o token de inscrição que o servidor deu' '--token: missing; wanted: the enrolment token that the server gave'
  fi
}

read_token() {
  if [ -n "$token" ]; then return; fi
  case "$token_file" in
    '') token=${VIGIA_TOKEN-} ;;
    -) token=$(head -n 1) ;;
    *) token=$(head -n 1 "$token_file") ;;
  esac
}

find_places() {
  if [ "$rooted" = 1 ]; then
    if [ -d "$root" ]; then
      root=$(CDPATH='' cd -- "$root" && pwd)
      root=${root%/}
    else
      mistake "--root: o diretório $root não existe" "--root: there is no directory $root"
    fi
  fi
  program=$root/opt/vigia-agent
  next=$program.next
  state=$root/var/lib/vigia-agent
  shortcut=$root/usr/local/bin/vigia-agent
  enrolled=0
  if [ -f "$state/agent.json" ]; then enrolled=1; fi
}

# 1. The program beside the one that may be running; it must answer before anything is changed.
stage() {
  run rm -rf "$next"
  run mkdir -p "$next"
  if [ -f "$here/agent.js" ]; then
    run cp -R "$here/." "$next/"
  else
    # shellcheck source=/dev/null
    . "$here/from-checkout.sh"
    stage_checkout
  fi
  if [ "$dry" = 1 ]; then return; fi
  chmod 0755 "$next"
  if new_version=$(answer_of "$next"); then return; fi
  if [ "$rooted" = 0 ]; then case "$new_version" in *libatomic.so*) add_libatomic ;; esac; fi
  if new_version=$(answer_of "$next"); then return; fi
  die "o programa não roda nesta máquina: $new_version" "the program does not run on this machine: $new_version"
}

answer_of() { "$1/vigia-agent" --version 2>&1; }

# The pinned Node leans on it, and not every system has it from the start.
add_libatomic() {
  say 'falta a biblioteca libatomic; instalando' 'the library libatomic is missing; installing it'
  if has apt-get; then
    apt-get install -y -qq libatomic1 >/dev/null 2>&1 || { apt-get update -qq && apt-get install -y -qq libatomic1; } >/dev/null 2>&1 || :
  elif has dnf; then dnf install -y -q libatomic >/dev/null 2>&1 || :
  elif has yum; then yum install -y -q libatomic >/dev/null 2>&1 || :
  elif has zypper; then zypper -n -q install libatomic1 >/dev/null 2>&1 || :
  fi
}

# 2. The enrolment: once; an agent that has its key keeps it. Nothing is installed when it fails. The token goes to the
# program in its environment, because arguments can be read by every user of the machine.
enrol() {
  if [ "$enrolled" = 1 ]; then
    if [ -n "$servers$token$token_file" ]; then
      say 'este agente já está inscrito: o endereço e o token dados agora não são usados' 'enrolled before: the address and the token given now are not used'
    fi
    run chmod 0700 "$state"
    return
  fi
  # Made by the agent itself, with mode 0700; only what is above it is ours.
  run mkdir -p "$(dirname -- "$state")"
  set -- enrol
  old_ifs=$IFS
  IFS=$newline
  for each in $servers; do set -- "$@" --server "$each"; done
  IFS=$old_ifs
  set -- "$@" --state "$state"
  if [ -n "$proxy" ]; then set -- "$@" --proxy "$proxy"; fi
  if [ -n "$proxy_credentials" ]; then set -- "$@" --proxy-credentials-file "$proxy_credentials"; fi
  if [ -n "$ca_file" ]; then set -- "$@" --ca-file "$ca_file"; fi
  if [ "$insecure" = 1 ]; then set -- "$@" --allow-insecure-http; fi
  if [ "$dry" = 1 ]; then
    say "faria: $next/vigia-agent $*" "would run: $next/vigia-agent $*"
  else
    VIGIA_TOKEN=$token "$next/vigia-agent" "$@"
  fi
}

# 3. The new program takes the old one's place; what runs keeps its files until the restart.
swap() {
  run rm -rf "$program.old"
  if [ -d "$program" ]; then run mv "$program" "$program.old"; fi
  run mv "$next" "$program"
  run mkdir -p "$(dirname -- "$shortcut")"
  if [ "$dry" = 1 ]; then return; fi
  printf '#!/bin/sh\n# vigia-agent: install.sh\nexec /opt/vigia-agent/vigia-agent "$@"\n' >"$shortcut.next"
  chmod 0755 "$shortcut.next"
  mv "$shortcut.next" "$shortcut"
}

# What was there before comes back: program and service. Called when the new one does not start.
roll_back() {
  rm -rf "$program"
  mv "$program.old" "$program"
  restore_service
  if start_service; then
    die 'a versão nova não iniciou: a anterior foi recolocada e está rodando' 'the new version did not start: the one before was put back and runs'
  fi
  die 'a versão nova não iniciou, e a anterior, recolocada, também não' 'the new version did not start, and neither did the one before, which was put back'
}

install() {
  stage
  make_user
  enrol
  keep_service
  swap
  install_service
  own_state
  if [ "$rooted" = 1 ] || [ "$init" = none ]; then
    say "nada foi iniciado; inicie com: $program/vigia-agent run --state $state" "nothing was started; start it with: $program/vigia-agent run --state $state"
  elif start_service; then
    say 'o agente está rodando como serviço; veja: vigia-agent status --state /var/lib/vigia-agent' 'the agent runs as a service; see: vigia-agent status --state /var/lib/vigia-agent'
  elif [ -d "$program.old" ]; then
    roll_back
  else
    die 'o serviço não iniciou; veja o motivo com: vigia-agent doctor --state /var/lib/vigia-agent' 'the service did not start; see why with: vigia-agent doctor --state /var/lib/vigia-agent'
  fi
  run rm -rf "$program.old"
}

remove() {
  stop_service
  remove_service
  run rm -rf "$program" "$next" "$program.old"
  if grep -q '^# vigia-agent: install.sh$' "$shortcut" 2>/dev/null; then run rm -f "$shortcut"; fi
  if [ "$purge" = 0 ]; then
    say "a chave e a fila do agente continuam em $state" "the agent's key and spool stay in $state"
    return
  fi
  run rm -rf "$state"
  remove_user
  say 'a chave, a fila e o usuário do agente foram apagados' "the agent's key, spool and user are gone"
}

# An end before its time leaves no half-made program, and never a machine without the one it had.
tidy_up() {
  if [ "$dry" = 1 ]; then return; fi
  if [ -d "$program.old" ] && [ ! -d "$program" ]; then mv "$program.old" "$program"; fi
  rm -rf "$next"
}

main() {
  servers='' token='' token_file='' proxy='' proxy_credentials='' ca_file='' root='' mistakes=''
  rooted=0 dry=0 uninstall=0 purge=0 insecure=0 help=0
  case "${LC_ALL:-${LANG:-}}" in en*) lang=en ;; *) lang=pt ;; esac
  here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
  # shellcheck source=service.sh
  . "$here/service.sh"
  read_options "$@"
  if [ "$help" = 1 ]; then
    usage
    exit 0
  fi
  find_places
  check_options
  if [ -n "$mistakes" ]; then
    printf '%s\n' "$mistakes" >&2
    usage >&2
    exit 2
  fi
  if [ "$rooted" = 0 ] && [ "$dry" = 0 ] && [ "$(id -u)" != 0 ]; then
    die 'isto muda o sistema e precisa de root: use sudo (ou --root DIR)' 'this changes the system and needs root: run it with sudo (or give --root DIR)'
  fi
  find_init
  if [ "$uninstall" = 1 ]; then
    remove
  elif [ "$here" = "$program" ]; then
    die 'este é o programa já instalado; para atualizar rode o install.sh de um pacote novo' 'this is the program that is installed; to upgrade run the install.sh of a new package'
  else
    trap tidy_up EXIT
    trap 'exit 1' HUP INT TERM
    install
  fi
  exit 0
}

# Read whole before it runs: the file may be replaced or removed under it.
main "$@"
