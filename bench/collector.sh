#!/usr/bin/env bash
# CPU per span of our Collector over real Kafka beside the OpenTelemetry Collector's, on the same load and the same broker, interleaved in one run.
#   ROUNDS=3 WAVES=400 CONCURRENCY=64 PROTOCOLS="grpc http/protobuf" bench/collector.sh
# Both: 24 partitions, acks=all, snappy; one broker, generator and collectors share this machine. Prints a table, then one JSON object a row.
# Needs PIPELINE_SERVICES: a folder with kafka.sh, otelcol.sh and bin/loadgen.
set -euo pipefail
cd "$(dirname "$0")/.."
services=${PIPELINE_SERVICES:-}
[ -x "$services/kafka.sh" ] || { echo "Set PIPELINE_SERVICES to the folder that holds kafka.sh, otelcol.sh and bin/loadgen." >&2; exit 2; }
rounds=${ROUNDS:-3} waves=${WAVES:-400} concurrency=${CONCURRENCY:-64} protocols=${PROTOCOLS:-grpc http/protobuf}
offset=${PORT_OFFSET:-26000} grpc=27317 http=27318 admin=27888
broker=127.0.0.1:$((9092 + offset))
state=$(mktemp -d /tmp/pipeline-bench.XXXXXX)
export SERVICES_STATE=$state PORT_OFFSET=$offset
ours=
stop() {
  [ -z "$ours" ] || kill "$ours" 2>/dev/null || true
  "$services/otelcol.sh" stop >/dev/null 2>&1 || true
  "$services/kafka.sh" stop >/dev/null 2>&1 || true
  rm -rf "$state"
}
trap stop EXIT

dotnet build Collector -c Release -v quiet >/dev/null
"$services/kafka.sh" start 1 >/dev/null
"$services/kafka.sh" tool topics --bootstrap-server "$broker" --create --topic otlp_spans --partitions 24 >/dev/null
KAFKA_BROKERS=$broker "$services/otelcol.sh" start otelcol-otlp-to-kafka.yaml >/dev/null
peer=$(cat "$state/otelcol-otlp-to-kafka.pid")
collector="dotnet artifacts/bin/Collector/release/Pipeline.Collector.dll"
common="--set Kafka:BootstrapServers=$broker --set Admin:Port=$admin --set Collector:GrpcPort=$grpc --set Collector:HttpPort=$http"
# shellcheck disable=SC2086
$collector topics $common >/dev/null
# shellcheck disable=SC2086
exec 3>"$state/ours.log"; $collector $common >&3 2>&1 & ours=$!
for _ in $(seq 100); do curl -fsS "127.0.0.1:$admin/readyz" >/dev/null 2>&1 && break; sleep 0.2; done

# cost PID PORT PROTOCOL WAVES SEED -> "<CPU µs a span> <spans acknowledged> <spans/s> <peak MiB>"
cost() {
  "$services/bin/loadgen" cpu -pid "$1" -- "$services/bin/loadgen" send -waves "$4" -seed "$5" -endpoint "127.0.0.1:$2" -protocol "$3" -unique-ids=patch \
    -concurrency "$concurrency" -connections 8 -retry-for 120s | python3 -c '
import json, sys
sent = cpu = None
for line in sys.stdin:
    line = line.strip()
    if not line.startswith("{"): continue
    row = json.loads(line)
    if "spans_acked" in row: sent = row
    if "cpu_seconds" in row and "processes" in row: cpu = row
if sent is None: sent = cpu.get("command") or cpu
print("%.3f %d %.0f %.0f" % (cpu["cpu_seconds"] * 1e6 / sent["spans_acked"], sent["spans_acked"], sent["spans_per_s"], cpu["processes"][0]["peak_rss_kib"] / 1024))'
}

for protocol in $protocols; do
  [ "$protocol" = grpc ] && { ours_port=$grpc peer_port=14317; } || { ours_port=$http peer_port=14318; }
  cost "$ours" $ours_port "$protocol" "$waves" 90 >/dev/null # warm
  cost "$peer" $peer_port "$protocol" "$((waves / 2))" 90 >/dev/null
  for round in $(seq "$rounds"); do
    echo "$protocol $round $(cost "$ours" $ours_port "$protocol" "$waves" "$round") $(cost "$peer" $peer_port "$protocol" "$waves" "$round")" >>"$state/rows"
  done
done
published=$(curl -fsS "127.0.0.1:$admin/metrics" | awk '/^pipeline_collector_spans_published_total/ {print $2}')
python3 - "$state/rows" "$published" <<'PY'
import json, statistics, sys
rows = [line.split() for line in open(sys.argv[1])]
print("%-14s %5s | %9s %10s %8s | %9s %10s %8s | %6s" % ("protocol", "round", "ours µs", "spans/s", "MiB", "otelcol µs", "spans/s", "MiB", "ratio"))
for r in rows:
    print("%-14s %5s | %9s %10s %8s | %9s %10s %8s | %6.3f" % (r[0], r[1], r[2], r[4], r[5], r[6], r[8], r[9], float(r[2]) / float(r[6])))
print("spans published by ours, warm-up included: " + sys.argv[2])
for protocol in dict.fromkeys(r[0] for r in rows):
    of = [r for r in rows if r[0] == protocol]
    mid = lambda i: statistics.median(float(r[i]) for r in of)
    ratio = statistics.median(float(r[2]) / float(r[6]) for r in of)
    name = "grpc" if protocol == "grpc" else "http"
    print(json.dumps({"what": "collector.cpu." + name, "ours": mid(2), "peer": mid(6), "ratio": round(ratio, 3), "goal": 0.2, "met": ratio <= 0.2}))
    print(json.dumps({"what": "collector.saturation." + name, "ours": mid(4), "peer": mid(8), "ratio": round(statistics.median(float(r[4]) / float(r[8]) for r in of), 2), "goal": 3, "met": statistics.median(float(r[4]) / float(r[8]) for r in of) >= 3}))
    print(json.dumps({"what": "collector.peak." + name, "ours": mid(5), "peer": mid(9), "ratio": round(mid(5) / mid(9), 2), "goal": 150, "met": mid(5) <= 150}))
PY
