import { type Page, route } from './page.ts'

const home = `match: GET /home
do:
  - invoke: content.banners
response:
  body: { banners: $.banner.list }
`

const ofAuthority = {
  'config/services/content.yaml':
    'service: content\nendpoints: [https://127.0.0.1:9001]\ntls: { ca: ./ca.crt }\noperations:\n  banners: { get: /banners, out: { banner.list: $.items } }\n',
}
/** Until 2020; nobody has its key. */
const oldAuthority = `-----BEGIN CERTIFICATE-----
MIIBPTCB5KADAgECAgkB0PBI8aJYkIQwCgYIKoZIzj0EAwIwGDEWMBQGA1UEAwwN
b2xkIGF1dGhvcml0eTAiGA8yMDE5MDEwMTAwMDAwMFoYDzIwMjAwMTAxMDAwMDAw
WjAYMRYwFAYDVQQDDA1vbGQgYXV0aG9yaXR5MFkwEwYHKoZIzj0CAQYIKoZIzj0D
AQcDQgAEsxH5AKz1pLBXnWv7JxUzaruJlXlNtsCJLxbY3udr+TPE1BU0pdvcwx0H
QtZzSr3jhGQP9K+oUh3H62N9DhVzfqMTMBEwDwYDVR0TAQH/BAUwAwEB/zAKBggq
hkjOPQQDAgNIADBFAiASpz58yHq3eKUVPYgdmcusXSAWNYlw/1PMJimLonbgIwIh
APliC0XWvekpQsynBCrlZ3XjwUsbjLhkXxiRbYT3daEb
-----END CERTIFICATE-----
`
/** Until 2999; nobody has its key. */
const authority = `-----BEGIN CERTIFICATE-----
MIIBNjCB3KADAgECAgkB2rDK9CCk5/EwCgYIKoZIzj0EAwIwFDESMBAGA1UEAwwJ
YXV0aG9yaXR5MCIYDzIwMjAwMTAxMDAwMDAwWhgPMjk5OTAxMDEwMDAwMDBaMBQx
EjAQBgNVBAMMCWF1dGhvcml0eTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABLoY
Kxrrbom76EIJynXOHWjK2w9r1B7Gy0lztWqaUV/m81TgZvGwun+ZmVqPfO4Ks5fC
oXCDTRWmz1VAcrwRCy2jEzARMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwID
SQAwRgIhAKqVY9AiHJxcrTqUSQjuOYE5X6jEJkEbLfqdG1vvaKfZAiEAsyYl9sK3
Z1bTLvyJQBOfzqf4jElru2wCg2/u+aSfni4=
-----END CERTIFICATE-----
`

/** Rules of whole files. */
export const filePages = {
  'file-unreadable': {
    why: 'The gateway file names the dictionary and the directories of services and routes, from where it lies itself. One that is not there, or may not be read, leaves nothing to check the rest against.',
    fix: 'Correct the path in the gateway file, or the permissions of the file. In a container, look at what is mounted.',
    wrong: {
      'config/gateway.yaml': 'listen: 8080\ndictionary: ./colours.yaml\n',
      'config/services/users.yaml': null,
      'config/services/reco.yaml': null,
      'config/services/catalog.yaml': null,
      'config/services/content.yaml': null,
      'config/services/orders.yaml': null,
    },
    right: { 'config/gateway.yaml': 'listen: 8080\ndictionary: ./dictionary.yaml\n' },
  },
  'file-passed-over': {
    why: 'Of the directories of routes and services, and of those in them, the files are read whose names end in `.yaml` or `.yml`, in small letters. One in JSON, or named `.YAML`, looks as if it counted, and does not.',
    fix: 'Rename it: JSON is YAML too. What only helps lies elsewhere, or in a directory whose name begins with a dot.',
    wrong: { 'routes/home.json': '{}' },
    right: {},
  },
  'file-too-large': {
    why: 'A file of more than 1 MB is no configuration that a person keeps, and reading it would hold up the gateway: a YAML parser takes seconds for it.',
    fix: 'Split routes and services into a file each; put large fixed answers behind a service.',
    wrong: { 'routes/home.yaml': `${home}# ${'x'.repeat(1_100_000)}\n` },
    right: route(home),
  },
  'open-admin': {
    why: 'Without `admin.auth` the admin listener asks nobody who they are. So a port alone is one of this machine (127.0.0.1). A host that is written out may be reached from elsewhere: then there are health and metrics, which name routes and services, and nothing else.',
    fix: 'Say who may ask it: `admin.auth` and `admin.roles`. Or bind it to 127.0.0.1. Where probes and Prometheus have to reach it from outside, keep everybody else away by the network, and say so with `# tessera-ignore open-admin: reason`. It answers to addresses, to `localhost`, and to the names in `admin.hosts`.',
    wrong: { 'config/gateway.yaml': 'admin: { listen: 0.0.0.0:9900 }\n' },
    right: { 'config/gateway.yaml': 'admin: { listen: 9900 }\n' },
  },
  'expired-certificate': {
    why: 'Whoever is shown a certificate before or after its time refuses it, and whoever is vouched for by an authority of such a time is refused. That is no reason not to load what else there is: others may be shown good ones. `tessera_tls_expiry_seconds` and `tessera_service_tls_expiry_seconds` say how long each holds yet, below zero where it does not.',
    fix: 'Renew it: the files are watched, and the new one is taken without a restart.',
    wrong: { ...ofAuthority, 'config/services/ca.crt': oldAuthority },
    right: { ...ofAuthority, 'config/services/ca.crt': authority },
  },
  'unverified-service': {
    why: 'Without a look at its certificate, whoever gets between the gateway and the service is taken for it: they read what is sent, credentials too, and answer what they like.',
    fix: 'Name the file of the authority that gave out its certificate, and its name where that is not the one in the URL: `tls: { ca: ./ca.crt, serverName: content.internal }`.',
    wrong: {
      'config/services/content.yaml':
        'service: content\nendpoints: [https://127.0.0.1:9001]\ntls: { verify: false }\noperations:\n  banners: { get: /banners, out: { banner.list: $.items } }\n',
    },
    right: {
      'config/services/content.yaml':
        'service: content\nendpoints: [https://127.0.0.1:9001]\ntls: { serverName: content.internal }\noperations:\n  banners: { get: /banners, out: { banner.list: $.items } }\n',
    },
  },
  'invalid-extension': {
    why: 'What `extensions:` names is run as a part of the gateway, when the configuration is loaded: by `check` too. So it lies below the directory of the gateway file, and is complete: a module that cannot be loaded, or a definition that lacks something, would be missed by the first request. A module that ran cannot be unloaded: one that has changed takes a restart.',
    fix: 'Name a directory or files below the gateway file. Export what `defineStep`, `definePolicy`, `defineOperator`, `defineFunction`, `defineBalancer` or `defineDiscovery` of `tessera` give, and look at the place that the message names. After a change, restart the gateway.',
    wrong: { 'config/gateway.yaml': 'extensions: ../extensions\n' },
    right: { 'config/gateway.yaml': 'extensions: ./extensions\n' },
  },
  'yaml-syntax': {
    why: 'A file that is not well-formed YAML 1.2 cannot be read any further. Most often an indentation, a quote or a bracket is at fault, somewhat above where the parser gives up.',
    fix: 'Look at the line and at the one before it. A text that has `: `, `#`, `{` or `[` in it needs quotes.',
    wrong: route(`match: GET /home
response:
  body: { banners: [1, 2 }
`),
    right: route(`match: GET /home
response:
  body: { banners: [1, 2] }
`),
  },
  'duplicate-key': {
    why: 'Of two equal keys in one mapping a reader sees both and the gateway would take one. Which of them was meant is for a person to say.',
    fix: 'Remove one of them, or make them one.',
    wrong: route(`match: GET /home
timeout: 800ms
timeout: 2s
response: { body: hello }
`),
    right: route(`match: GET /home
timeout: 800ms
response: { body: hello }
`),
  },
  'unsafe-key': {
    why: '`__proto__`, `constructor` and `prototype` reach behind objects in JavaScript. No part of a configuration has a use for them, so they are refused rather than dropped in silence.',
    fix: 'Choose another name for the member.',
    wrong: route(`match: GET /home
response:
  body: { constructor: Ford }
`),
    right: route(`match: GET /home
response:
  body: { maker: Ford }
`),
  },
  'missing-env': {
    why: 'A variable that is not set, or is empty, would become an empty text, and an empty text a wrong port, host or password. It is better to hear of it at the start than with the first request.',
    fix: 'Set the variable, or give a default: `${env.NAME:-value}`; one that may be empty is written `${env.NAME:-}`. In CEL `env.NAME` is asked for by `has(env.NAME)` or `env.?NAME.orValue(…)`. A `${env.…}` that is meant literally is written `$${env.…}`.',
    wrong: { 'config/gateway.yaml': 'listen: ${env.NO_SUCH_PORT}\n' },
    right: { 'config/gateway.yaml': 'listen: ${env.NO_SUCH_PORT:-8080}\n' },
  },
  'missing-secret': {
    why: 'A secret that is not there would be sent as an empty one, and every call be refused. `${file:…}` is UTF-8 text of at most 64 KB below the directory that `--secrets` names (`/run/secrets` unless given).',
    fix: 'Put the file there, or say what holds without it: `${file:NAME:-value}`. A `${file:…}` that is meant literally is written `$${file:…}`.',
    wrong: {
      'config/services/content.yaml':
        "service: content\nendpoints: [http://127.0.0.1:9001]\nheaders: { authorization: 'Bearer ${file:content-token}' }\noperations:\n  banners: { get: /banners, out: { banner.list: $.items } }\n",
    },
    right: {
      'config/services/content.yaml':
        "service: content\nendpoints: [http://127.0.0.1:9001]\nheaders: { authorization: 'Bearer ${file:content-token:-none}' }\noperations:\n  banners: { get: /banners, out: { banner.list: $.items } }\n",
    },
  },
  'useless-silence': {
    why: 'A comment that silences nothing stays behind when the code it was about is gone, and hides the next slip in that line. One without a reason tells nobody why.',
    fix: 'Remove the comment, correct the code it names, or say the reason behind a colon. Errors cannot be silenced.',
    wrong: route(`match: GET /home
do:
  - invoke: content.banners   # tessera-ignore unused-output: the app reads it
response:
  body: { banners: $.banner.list }
`),
    right: route(`match: GET /home
do:
  - invoke: content.banners
  # tessera-ignore unused-output: the next version of the app reads it
  - assign: { cart.sum: 0 }
response:
  body: { banners: $.banner.list }
`),
  },
} satisfies Record<string, Page>
