#!/bin/bash
# Runs as a unit of the systemd that boot.sh started. Each step leaves what it saw in a file of its name.
cd /bordertap-test
# Whatever goes wrong, this systemd ends.
trap 'systemctl poweroff --force --force' EXIT
get() {
  { exec 3<> /dev/tcp/127.0.0.1/8460; } 2> /dev/null || return
  printf 'GET %s HTTP/1.0\r\nHost: 127.0.0.1:8460\r\n\r\n' "$1" >&3
  sed '1,/^\r$/d' <&3
  exec 3>&-
}
state() { systemctl show -p ActiveState,SubState,Result,NRestarts,MainPID "$1" | tr '\n' ' '; }
until_says() { for _ in $(seq 50); do "$2" "$3" | grep -qE "$1" && return 0; sleep 0.2; done; }

systemctl start bordertap-collector
for unit in bordertap bordertap-sensor bordertap-collector; do echo "$unit $(state $unit)"; done > started
tcpreplay -i bt-wire -K --pps=4000 day.pcap > replay 2>&1
until_says '"state":"open"' get '/api/v1/alerts?limit=5'
sleep 1
get /metrics > metrics
get /healthz > healthz
get '/api/v1/alerts?limit=200' > alerts
systemctl reload bordertap bordertap-sensor > reload 2>&1
echo "rc $?" >> reload
pid=$(systemctl show -p MainPID --value bordertap-sensor)
kill -STOP "$pid"
until_says 'NRestarts=[1-9].*ActiveState=active|ActiveState=active.*NRestarts=[1-9]' state bordertap-sensor
{ echo "stopped $pid"; state bordertap-sensor; } > watchdog
until_says 'sensor_outage' get /metrics
get /metrics | grep -E 'sensor_outage|bordertap_pipeline_core_losses' > outage
systemd-analyze --no-pager security 2>/dev/null | grep bordertap > exposure
systemctl stop bordertap bordertap-sensor bordertap-collector
for unit in bordertap bordertap-sensor bordertap-collector; do echo "$unit $(state $unit)"; done > ended
stat -c '%n %U %G %a' /var/lib/bordertap /run/bordertap > folders
journalctl --no-pager -u bordertap -u bordertap-sensor -u bordertap-collector > journal
touch done
