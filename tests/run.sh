#!/usr/bin/env bash
# Builds and runs every test project, one after another, and ends with one line: N passed, N failed, N skipped.
# A project that crashes or hangs counts as one failure. TEST_PROJECTS="A.Tests B.Tests" runs only those; TEST_TIMEOUT (seconds, default 900) is for each.
set -uo pipefail
cd "$(dirname "$0")/.."
configuration=${CONFIGURATION:-Release}
timeout=${TEST_TIMEOUT:-900}
projects=${TEST_PROJECTS:-$(cd tests && ls -d *.Tests)}
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

if ! dotnet build Pipeline.sln -c "$configuration" -v quiet; then
  echo "The build failed."
  echo "0 passed, 1 failed, 0 skipped"
  exit 1
fi

if [ -f tests/interop/package.json ] && command -v npm >/dev/null && [ ! -d tests/interop/node_modules ]; then
  (cd tests/interop && npm ci --no-audit --no-fund >"$results/npm.log" 2>&1) || { echo "npm ci failed; the interoperability tests will say so:"; tail -5 "$results/npm.log"; }
fi

# The browser tests need a browser; without one they are skipped.
if [ ! -x /usr/bin/chromium ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  (apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends chromium) >"$results/apt.log" 2>&1 || echo "chromium could not be installed; the browser tests are skipped."
fi

# count ATTRIBUTE REPORT: the sum of an attribute over the report's assemblies
count() { grep -o '<assembly [^>]*>' "$2" | grep -o " $1=\"[0-9]*\"" | tr -dc '0-9\n' | awk '{n += $1} END {print n + 0}'; }

passed=0 failed=0 skipped=0
for project in $projects; do
  echo "== $project"
  program=artifacts/bin/$project/$(echo "$configuration" | tr '[:upper:]' '[:lower:]')/Pipeline.$project
  report=$results/$project.xml
  timeout --kill-after=30 "$timeout" "$program" -noColor -xml "$report" >"$results/$project.log" 2>&1
  status=$?
  if [ ! -s "$report" ]; then
    echo "$project ended with status $status and without a report:"
    tail -40 "$results/$project.log"
    failed=$((failed + 1))
    continue
  fi
  p=$(count passed "$report") f=$(($(count failed "$report") + $(count errors "$report"))) s=$(($(count skipped "$report") + $(count not-run "$report")))
  if [ "$f" != 0 ]; then
    grep -E -A 14 '\[FAIL\]' "$results/$project.log" | head -200
  fi
  if [ "$f" = 0 ] && [ "$status" != 0 ]; then
    echo "$project ended with status $status:"; tail -20 "$results/$project.log"
    f=1
  fi
  grep -E '\[SKIP\]' -A 1 "$results/$project.log" | grep -vE '^--' | sed -n '2~2p' | sort | uniq -c | sort -rn | head -8 || true
  echo "   $p passed, $f failed, $s skipped"
  passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
done

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
