import { Argument, Option } from 'commander'
import type { KeyEntry } from '../identity/schemes/api-key/keys-file.ts'
import type { CliCommand, ExitCode } from './command.ts'
import { EntryFile, gather, gatherClaim } from './entry-file.ts'
import { complainOfUsage, type Terminal } from './terminal.ts'

interface KeyOptions {
  readonly file: string
  readonly name?: string
  readonly scope?: readonly string[]
  readonly claim?: Readonly<Record<string, string>>
  readonly expires?: string
}

export const key: CliCommand<KeyOptions> = {
  name: 'key',
  summary: 'Give out, list and revoke the keys of an apiKey scheme.',
  examples: [
    ['tessera key new --name acme --scope orders:read', 'prints a key, once, and keeps its digest'],
    ['tessera key list', 'ids, names, scopes and when they end: never a key'],
    ['tessera key revoke k7f3', 'takes one out; a gateway that watches its files refuses it at once'],
  ],
  operands: [
    new Argument('<action>', 'what to do').choices(['new', 'list', 'revoke']),
    new Argument('[id]', 'of the key to revoke'),
  ],
  options: [
    new Option('-f, --file <file>', 'the file of digests').default('config/keys.yaml'),
    new Option('--name <name>', 'of a new key: whose it is'),
    new Option('--scope <scope>', 'what it grants; may come more than once').argParser(gather),
    new Option('--claim <name=value>', 'what else is known of who brings it').argParser(gatherClaim),
    new Option('--expires <time>', 'when it ends: 2027-01-31, or a time'),
  ],
  async run(options, terminal, [action, id]) {
    if (action === 'new') return addKey(options, terminal)
    return action === 'list' ? listKeys(options, terminal) : revokeKey(options, id, terminal)
  },
}

async function addKey({ file, name, scope, claim, expires }: KeyOptions, terminal: Terminal): Promise<ExitCode> {
  if (name === undefined) return complainOfUsage(terminal, 'say whose key it is: --name')
  const { makeKey } = await import('../identity/schemes/api-key/keys-file.ts')
  const keys = await openKeys(file)
  const { id, key: secret, digest } = makeKey()
  const granted = { ...(scope && { scopes: scope }), ...(claim && { claims: claim }), ...(expires && { expires }) }
  await keys.add({ id, name, digest, ...granted }, id)
  terminal.complain(`the key ${id} of ${name}, shown this once:`)
  terminal.print(secret)
  return 0
}

async function listKeys({ file }: KeyOptions, terminal: Terminal): Promise<ExitCode> {
  const { entries } = await openKeys(file)
  for (const { id, name, scopes, expires } of entries)
    terminal.print([id, name, scopes.join(',') || '-', expires ?? '-'].join('\t'))
  return 0
}

async function revokeKey({ file }: KeyOptions, id: string | undefined, terminal: Terminal): Promise<ExitCode> {
  if (id === undefined) return complainOfUsage(terminal, 'say which key: its id')
  if (!(await (await openKeys(file)).remove(id))) {
    terminal.complain(`${file} has no key ${id}`)
    return 1
  }
  terminal.print(`the key ${id} is revoked`)
  return 0
}

async function openKeys(file: string): Promise<EntryFile<KeyEntry>> {
  const { readKeyFile: read } = await import('../identity/schemes/api-key/keys-file.ts')
  return EntryFile.open(file, { list: 'keys', read, nameOf: ({ id }) => id })
}
