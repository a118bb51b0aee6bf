#!/bin/sh
# An authority and what it vouches for, in certs/: for trying things out on this machine, and nothing else.
set -eu
mkdir -p "$(dirname "$0")/certs" && cd "$(dirname "$0")/certs"
new_key() { openssl ecparam -name prime256v1 -genkey -noout | openssl pkcs8 -topk8 -nocrypt -out "$1.key"; }
new_key ca
openssl req -x509 -new -key ca.key -subj '/CN=authority of the example' -days 30 -out ca.crt
for name in 'gateway DNS:localhost,IP:127.0.0.1' 'stock DNS:localhost,IP:127.0.0.1' 'orders DNS:orders.shop.svc'; do
  file=${name%% *} names=${name#* }
  new_key "$file"
  printf 'subjectAltName=%s' "$names" > "$file.ext"
  openssl req -new -key "$file.key" -subj "/CN=$file" |
    openssl x509 -req -CA ca.crt -CAkey ca.key -CAcreateserial -days 30 -extfile "$file.ext" -out "$file.crt"
  rm "$file.ext"
done
