#!/usr/bin/env bash
# Builds the demo's store: the October of twelve accounts, their real requests, and what happened in between.
#
#   build.sh PAYG STORE          PAYG: the program; STORE: a file that is not there yet
#
# It reads as a diary. Time goes forward only, so traffic is imported up to each day on which somebody did something.
set -euo pipefail
if [ $# -ne 2 ]; then
  echo "usage: build.sh PAYG STORE" >&2
  exit 64
fi
payg=$1
export PAYG_STORE=$2
unset PAYG_PROVIDER
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

summaries=$(mktemp)
trap 'rm -f "$summaries"' EXIT
now=2026-10-01T08:00
day='1 Oct'

# A sentence, with the day it belongs to where that is new.
tell() {
  printf '%6s  %s\n' "$day" "$1"
  day=
}

does() { "$payg" "$@" >/dev/null; }

# What has to be answered with "no" or "wait", which `payg` ends with 2.
is_refused() {
  local status=0
  "$payg" "$@" >/dev/null 2>&1 || status=$?
  [ "$status" -eq 2 ] || { echo "this was to be refused, and ended with $status: payg $*" >&2; exit 1; }
}

# How many requests got which answer: `allowed 12`, `quota_exceeded 3`, from the summaries of imports.
answers() {
  sed -E 's/.*("allowed": [0-9]+), "denied": \{([^}]*)\}.*/\1, \2/' | tr ',' '\n' | tr -d '" ' |
    awk -F: 'NF == 2 { sum[$1] += $2 } END { for (name in sum) print name, sum[name] }'
}

# Moves the clock to a time and imports the traffic up to it.
until_time() {
  local from=$now
  now=$1
  day=$2
  does clock to "$now"
  gzip -dc "$here/usage.csv.gz" | awk -F, -v from="$from" -v to="$now" 'NR == 1 || $1 >= from && $1 < to' |
    "$payg" import usage - --json --rejects "$PAYG_STORE.rejects" >>"$summaries" || [ $? -eq 5 ]
  if [ -e "$PAYG_STORE.rejects" ]; then
    echo "rows that cannot be read: $PAYG_STORE.rejects" >&2
    exit 1
  fi
  tell "$(tail -n 1 "$summaries" | answers |
    awk '$1 == "allowed" { yes = $2; next } { no += $2 } END { print "since then, " yes " requests were allowed and " no + 0 " denied" }')"
}

echo 'Twelve accounts in October 2026, and 8,316 requests of real sessions:'
does init --rules "$here/../../rules" --test-clock "$now"

tell 'ada pays as she goes; one of her scripts asks for a model that is on no price list'
does account add ada --key laptop --key old-script --set 'card visa'
does topup ada '$40' as ada-1

tell 'birch is a team of four keys with one balance; the key ci may spend $20 a month'
does account add birch --key alice --key bob --key ci --key dana --set 'card amex' \
  --set 'teams.key_limit to $20 for key ci' --set 'teams.key_window to month for key ci'
does topup birch '$150' as birch-1

tell 'cedar has a plan of $25 a month, and money on the account, but the fallback is off'
does account add cedar --key main --set 'card visa'
does plan cedar '$25' as cedar-plan
does topup cedar '$20' as cedar-1

tell 'delta has a plan of $20, and goes on from the balance up to $15 a month'
does account add delta --key main --set 'card visa' --set 'fallback.enabled on' --set 'limits.spending_limit to $15'
does plan delta '$20' as delta-plan
does topup delta '$50' as delta-1

tell 'ember is topped up by itself: $50 whenever less than $20 is left'
does account add ember --key prod --key staging --set 'card mastercard' --balance '$25'
does event auto_topup ember enabled on, preset regular as ember-auto

tell 'fable is to be topped up by itself, too, but the card gets declined'
does account add fable --key main --set 'card visa-declined' --balance '$15'
does event auto_topup fable enabled on, preset light as fable-auto

tell 'grove has a plan of $10, and goes on from the balance'
does account add grove --key main --set 'card visa' --set 'fallback.enabled on'
does plan grove '$10' as grove-plan
does topup grove '$40' as grove-1

tell 'haven pays $30 and gets $10 as a gift, which burns first'
does account add haven --key main --set 'card visa'
does topup haven '$30' as haven-1
does grant haven '$10' as haven-gift

tell 'iris has a plan of $25 and nothing else; juno pays $100, kite $60, lark $50'
does account add iris --key main
does plan iris '$25' as iris-plan
does account add juno kite --key main --set 'card visa'
does account add lark --key chat --set 'card visa'
does topup juno '$100' as juno-1
does topup kite '$60' as kite-1
does topup lark '$50' as lark-1

until_time 2026-10-05T08:00 '5 Oct'
tell 'grove pauses pay-as-you-go: a spending limit of $0'
does set grove limits.spending_limit to '$0'

until_time 2026-10-16T08:00 '16 Oct'
tell 'iris, stopped since last night, takes a bigger plan: $60 at 20% off'
does plan iris '$60', rate 4/5 as iris-plan-2
tell 'fable pays by hand, and the card is declined again'
is_refused topup fable '$20' as fable-1

until_time 2026-10-19T08:00 '19 Oct'
tell 'bob leaves the team of birch, and his key is deleted'
does key delete birch bob --id birch-bob
tell 'the bank takes the $60 of kite back; kite owes what it had spent of them'
does dispute kite payment kite-1 as kite-dispute

until_time 2026-10-22T08:00 '22 Oct'
tell 'support cannot refund $80 to juno, so much is not left; mia approves $50'
is_refused refund juno '$80', payment juno-1, approved_by mia, reason 'paid too much' as juno-refund-1
does refund juno '$50', payment juno-1, approved_by mia, reason 'paid too much' as juno-refund-2

until_time 2026-10-27T08:00 '27 Oct'
tell 'delta raises its spending limit to $20'
does set delta limits.spending_limit to '$20'

until_time 2026-10-31T18:00 '31 Oct'
tell 'lark streams: one settles for less than was held, one never runs, one is still open'
does hold lark model claude-opus-4-6, input 60000, max_output 60000, key chat as lark-stream-1
does settle lark hold lark-stream-1, input 60000, cached 48000, output 2400 as lark-settle-1
does hold lark model claude-opus-4-6, input 20000, max_output 8000, key chat as lark-stream-2
does void lark hold lark-stream-2 as lark-void-2
does hold lark model claude-opus-4-6, input 90000, max_output 16000, key chat, ttl 1 day as lark-stream-3
tell 'lark pays $20 through a bank that takes its time'
is_refused topup lark '$20', card sepa-pending as lark-2

does clock to 2026-11-01
echo
"$payg" accounts --table
echo
answers <"$summaries" | LC_ALL=C sort -k2,2nr -k1,1 |
  awk 'NR == 1 { printf "%d requests allowed, denied:", $2; next }
    { printf "%s%d %s", NR == 2 ? "\n  " : NR % 3 == 2 ? ",\n  " : ", ", $2, $1 } END { print "" }'
"$payg" audit
echo
# Money was there: birch had $40, and the key had a limit.
echo "\$ payg why s0047-12"
"$payg" why s0047-12
cat <<END

Try next:
  $1 -s $2                 ask more: the first lines to type stand above the prompt
  $1 -s $2 -c 'why s0626-158' -c 'need _'
END
