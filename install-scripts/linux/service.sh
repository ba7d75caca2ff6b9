# The service on this machine: the user it runs as, and systemd, OpenRC or SysV init. Read by install.sh, never run by
# itself. Uses its variables and its say, run, has; must never start anything when the installation has a root of its own.
# shellcheck shell=sh disable=SC2154

user=vigia-agent

# What starts services here. Below --root it is always systemd's unit that is written, as an image needs it.
find_init() {
  if [ "$rooted" = 1 ] || [ -d /run/systemd/system ]; then init=systemd
  elif [ -d /run/openrc ] && has rc-service; then init=openrc
  elif [ -d /etc/init.d ] && { has update-rc.d || has chkconfig; }; then init=sysv
  else init=none
  fi
  case "$init" in
    systemd) source_file=$here/vigia-agent.service service_file=$root/etc/systemd/system/vigia-agent.service mode=0644 ;;
    openrc) source_file=$here/vigia-agent.openrc service_file=/etc/init.d/vigia-agent mode=0755 ;;
    sysv) source_file=$here/vigia-agent.init service_file=/etc/init.d/vigia-agent mode=0755 ;;
    none) service_file='' ;;
  esac
}

make_user() {
  if [ "$rooted" = 1 ] || id "$user" >/dev/null 2>&1; then return; fi
  shell=/bin/false
  for each in /usr/sbin/nologin /sbin/nologin; do if [ -x "$each" ]; then shell=$each; fi; done
  if has useradd; then
    run useradd --system --user-group --no-create-home --home-dir "$state" --shell "$shell" "$user"
  elif has adduser && has addgroup; then
    # As busybox takes them.
    run addgroup -S "$user"
    run adduser -S -D -H -h "$state" -s "$shell" -G "$user" "$user"
  else
    die "não há useradd nem adduser: crie o usuário de sistema $user e rode de novo" "there is neither useradd nor adduser: make the system user $user and run this again"
  fi
}

remove_user() {
  if [ "$rooted" = 1 ] || ! id "$user" >/dev/null 2>&1; then return; fi
  if has userdel; then run userdel "$user"; elif has deluser; then run deluser "$user"; fi
}

# Only where it is not the user's yet: what lies in a directory of that user is its own, and root must follow none of it.
own_state() {
  if [ "$rooted" = 1 ] || [ "$dry" = 1 ]; then return; fi
  if [ -n "$(find "$state" -prune -user "$user")" ]; then return; fi
  chown -hR "$user:$user" "$state"
}

# The service as it was, beside the program as it was, for the way back.
keep_service() {
  if [ "$dry" = 1 ] || [ -z "$service_file" ] || [ ! -d "$program" ]; then return; fi
  if [ -f "$service_file" ]; then cp -p "$service_file" "$program/.service-before"; fi
}

restore_service() {
  if [ -f "$program/.service-before" ]; then mv "$program/.service-before" "$service_file"; fi
}

install_service() {
  if [ "$init" = none ]; then
    say 'aqui não há systemd, OpenRC nem SysV init: nenhum serviço foi criado' 'there is no systemd, OpenRC or SysV init here: no service was made'
    return
  fi
  run mkdir -p "$(dirname -- "$service_file")"
  run cp "$source_file" "$service_file"
  run chmod "$mode" "$service_file"
  if [ "$rooted" = 1 ]; then
    # The user is made at the image's first start; the unit gives it the state directory.
    run mkdir -p "$root/usr/lib/sysusers.d"
    if [ "$dry" = 0 ]; then echo "u $user - \"Vigia agent\" /var/lib/vigia-agent" >"$root/usr/lib/sysusers.d/vigia-agent.conf"; fi
    return
  fi
  case "$init" in
    systemd) run systemctl daemon-reload && run systemctl -q enable vigia-agent.service ;;
    openrc) run rc-update -q add vigia-agent default ;;
    sysv) if has update-rc.d; then run update-rc.d vigia-agent defaults; else run chkconfig --add vigia-agent; fi ;;
  esac
}

# Stops the agent that may run and starts the one that is there now. True once it has opened its state and writes its
# liveness stamp; a network that is away does not matter. The one that stops writes its stamp a last time, so the clock
# starts after it.
start_service() {
  case "$init" in
    systemd)
      run systemctl daemon-reload
      run systemctl stop vigia-agent.service
      ;;
    openrc) run rc-service -q vigia-agent --ifstarted stop ;;
    sysv) run "$service_file" stop ;;
  esac
  if [ "$dry" = 0 ]; then since=$(mktemp); fi
  started=0
  case "$init" in
    systemd) run systemctl start vigia-agent.service || started=1 ;;
    openrc) run rc-service -q vigia-agent start || started=1 ;;
    sysv) run "$service_file" start || started=1 ;;
  esac
  if [ "$dry" = 1 ]; then return 0; fi
  tries=0
  while [ "$started" = 0 ] && [ -z "$(find "$state/alive.json" -newer "$since" 2>/dev/null)" ]; do
    tries=$((tries + 1))
    if [ "$tries" -gt 20 ]; then started=1; else sleep 1; fi
  done
  rm -f "$since"
  return "$started"
}

stop_service() {
  if [ "$rooted" = 1 ] || [ ! -f "$service_file" ]; then return; fi
  case "$init" in
    systemd) run systemctl -q disable --now vigia-agent.service ;;
    openrc)
      run rc-service -q vigia-agent stop
      run rc-update -q del vigia-agent default
      ;;
    sysv)
      run "$service_file" stop
      if has chkconfig && ! has update-rc.d; then run chkconfig --del vigia-agent; fi
      ;;
  esac
}

remove_service() {
  if [ -z "$service_file" ]; then return; fi
  run rm -f "$service_file"
  if [ "$rooted" = 1 ]; then run rm -f "$root/usr/lib/sysusers.d/vigia-agent.conf"; fi
  if [ "$rooted" = 0 ] && [ "$init" = systemd ]; then run systemctl daemon-reload; fi
  if [ "$rooted" = 0 ] && [ "$init" = sysv ] && has update-rc.d; then run update-rc.d vigia-agent remove; fi
  if [ "$rooted" = 0 ]; then run rm -rf /run/vigia-agent-facts; fi
}
