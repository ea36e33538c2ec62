#!/bin/sh
# A provider for tests that breaks the protocol in the way its first argument says. With a second argument, a file, it
# does so only until the file is there, and makes it: the next start is a good one.
way=$1
[ -n "$2" ] && { if [ -e "$2" ]; then way=good; else : > "$2"; fi; }

greet() { echo '{"payg": 1, "ready": true, "name": "broken"}'; }
key() { sed -n 's/.*"key": *"\([^"]*\)".*/\1/p'; }
huge() { head -c 200000 /dev/zero | tr '\0' x; }

case $way in
  silent) sleep 60 ;;
  mute-and-gone) exit 7 ;;
  version) echo '{"payg": 2, "ready": true}' ;;
  no-version) echo '{"ready": true}' ;;
  not-ready) echo '{"payg": 1, "ready": false, "reason": "no API key in STRIPE_KEY"}' ;;
  junk-first) echo 'hello world' ;;
  binary-first) printf '\377\376\001\033[31m\n' ;;
  huge-first) huge ;;
esac
greet
while IFS= read -r line; do
  case $way in
    slow) sleep 60 ;;
    dies) echo 'the database is gone' >&2; exit 3 ;;
    killed) kill -SEGV $$ ;;
    closes) exec 1>&-; sleep 60 ;;
    junk) echo 'paid, I think' ;;
    list) echo '[1, 2]' ;;
    huge) huge; echo ;;
    endless) while :; do huge; done ;;
    wrong-key) echo '{"key": "another", "answer": "paid"}' ;;
    no-key) echo '{"answer": "paid"}' ;;
    maybe) printf '{"key": "%s", "answer": "perhaps"}\n' "$(printf %s "$line" | key)" ;;
    chatty) printf '{"key": "%s", "answer": "paid"}\nand one more thing\n' "$(printf %s "$line" | key)" ;;
    once) printf '{"key": "%s", "answer": "paid"}\n' "$(printf %s "$line" | key)"; exit 0 ;;
    loud) huge >&2; printf '{"key": "%s", "answer": "paid"}\n' "$(printf %s "$line" | key)" ;;
    good) printf '{"key": "%s", "answer": "paid"}\n' "$(printf %s "$line" | key)" ;;
  esac
done
