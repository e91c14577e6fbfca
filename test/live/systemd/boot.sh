#!/bin/bash
# Boots a systemd of its own in new namespaces over a copy-on-write view of this machine, with the project's units installed as
# a package would, and runs inside.sh there as a unit. Nothing of it outlives the call.
#   boot.sh PROJECT WORK NODE     WORK holds bordertap.yaml and day.pcap, and gets what inside.sh writes
set -eu
PROJECT=$1 WORK=$2 NODE=$3
SELF=$(realpath "$0")
# Taken once: what is mounted below would be read too.
HIERARCHIES=$(grep -E '^[^ ]+ /sys/fs/cgroup[^ ]* cgroup2? ' /proc/mounts)

if [ "${BOOT_STAGE-}" = "" ]; then
  # A group of our own in every hierarchy: what systemd makes there is removed with it.
  GROUP=bordertap-test-$$
  groups=()
  while read -r _ at _; do mkdir "$at/$GROUP" 2>/dev/null && groups+=("$at/$GROUP"); done <<< "$HIERARCHIES"
  # Stopped, it takes that systemd with it.
  trap 'kill $BOOTED; wait' TERM INT
  (
    for group in "${groups[@]}"; do echo "$BASHPID" > "$group/cgroup.procs" 2>/dev/null || true; done
    BOOT_STAGE=inside exec unshare --kill-child --mount --pid --uts --ipc --net --cgroup --fork bash "$SELF" "$PROJECT" "$WORK" "$NODE"
  ) &
  BOOTED=$!
  wait $BOOTED || true
  for group in "${groups[@]}"; do find "$group" -depth -type d -exec rmdir {} + 2>/dev/null || true; done
  exit 0
fi

mount --make-rprivate /
VIEW=$WORK/view
mkdir -p "$VIEW"
mount -t tmpfs tmpfs "$VIEW"
mkdir "$VIEW/upper" "$VIEW/work" "$VIEW/root"
ROOT=$VIEW/root
mount -t overlay overlay -o "lowerdir=/,upperdir=$VIEW/upper,workdir=$VIEW/work" "$ROOT"
mount -t proc proc "$ROOT/proc"
mount -t sysfs sysfs "$ROOT/sys"
[ -d /sys/fs/cgroup/unified ] && mount -t tmpfs tmpfs "$ROOT/sys/fs/cgroup"
while read -r _ at kind _; do
  options=$(basename "$at" | sed 's/^systemd$/none,name=systemd/')
  mkdir -p "$ROOT$at"
  if [ "$kind" = cgroup2 ]; then mount -t cgroup2 cgroup2 "$ROOT$at"; else mount -t cgroup -o "$options" cgroup "$ROOT$at"; fi 2>/dev/null || true
done <<< "$HIERARCHIES"
mount -t tmpfs tmpfs "$ROOT/run"
mount --rbind /dev "$ROOT/dev"
mkdir -p "$ROOT/opt/bordertap" "$ROOT/bordertap-test"
mount --bind "$PROJECT" "$ROOT/opt/bordertap"
mount --bind "$WORK" "$ROOT/bordertap-test"
cp "$(dirname "$SELF")/inside.sh" "$WORK/"
touch "$ROOT/usr/bin/bordertap-node"
mount --bind "$NODE" "$ROOT/usr/bin/bordertap-node"
cd "$ROOT"
mkdir old
pivot_root . old
cd /
umount -l /old
mount -t tmpfs tmpfs /tmp

# What a package does when it is installed.
printf '#!/bin/sh\nexec /usr/bin/bordertap-node /opt/bordertap/dist/main.js "$@"\n' > /usr/bin/bordertap
chmod 755 /usr/bin/bordertap
cp /opt/bordertap/systemd/*.service /etc/systemd/system/
cp /opt/bordertap/systemd/bordertap.sysusers /usr/lib/sysusers.d/bordertap.conf
cp /opt/bordertap/systemd/bordertap.tmpfiles /usr/lib/tmpfiles.d/bordertap.conf
systemd-sysusers
systemd-tmpfiles --create --prefix=/run/bordertap --prefix=/var/lib/bordertap --prefix=/etc/bordertap
install -m 0640 -g bordertap /bordertap-test/bordertap.yaml /etc/bordertap/bordertap.yaml

# A tap of its own, and a watchdog that need not be waited for so long.
ip link set lo up
ip link add bt-wire type veth peer name bt-tap
ip link set bt-wire up
ip link set bt-tap up
mkdir -p /etc/systemd/system/bordertap-sensor.service.d
printf '[Service]\nWatchdogSec=4\n' > /etc/systemd/system/bordertap-sensor.service.d/test.conf
cat > /etc/systemd/system/bordertap-test.target <<'T'
[Unit]
Requires=bordertap.service
Wants=bordertap-test.service
AllowIsolate=yes
T
cat > /etc/systemd/system/bordertap-test.service <<'T'
[Unit]
After=bordertap.service bordertap-sensor.service
[Service]
Type=oneshot
ExecStart=/bin/bash /bordertap-test/inside.sh
T
export container=lxc
exec /lib/systemd/systemd --system --unit=bordertap-test.target --log-target=null --show-status=0
