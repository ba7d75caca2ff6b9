#!/bin/sh
# Run as root before each start of the agent, which itself runs without root: copies the few facts that only root may
# read and that say why the machine died and which machine it is (the kernel's last words in pstore, the board's UUID)
# to a directory that only the agent's group may read. It must never write where the agent's user may write.
set -u
umask 027
facts=/run/vigia-agent-facts
files_max=64
bytes_max=65536

rm -rf "$facts"
mkdir -p "$facts/pstore" || exit 0
chgrp -R vigia-agent "$facts" || exit 0

if [ -r /sys/class/dmi/id/product_uuid ]; then
  head -c 64 /sys/class/dmi/id/product_uuid >"$facts/product_uuid"
  chgrp vigia-agent "$facts/product_uuid"
fi
# Straight from the firmware, and from where systemd moves it at the start. Newest first; the time of death is kept.
# shellcheck disable=SC2012
ls -t /sys/fs/pstore/* /var/lib/systemd/pstore/*/dmesg.txt /var/lib/systemd/pstore/dmesg-* 2>/dev/null |
  head -n "$files_max" | while IFS= read -r file; do
  if [ ! -f "$file" ]; then continue; fi
  copy=$facts/pstore/$(printf '%s' "$file" | tr '/' '_')
  # The end: the panic is the last that a kernel says.
  tail -c "$bytes_max" "$file" >"$copy"
  touch -r "$file" "$copy"
  chgrp vigia-agent "$copy"
done
exit 0
