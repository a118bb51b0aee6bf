import { readFile, rename, writeFile } from 'node:fs/promises'
import { Argument, InvalidArgumentError, Option } from 'commander'
import type { CliCommand, ExitCode } from './command.ts'
import type { Terminal } from './terminal.ts'

interface KeyOptions {
  readonly file: string
  readonly name?: string
  readonly scope?: readonly string[]
  readonly claim?: Readonly<Record<string, string>>
  readonly expires?: string
}

const gather = (text: string, before: readonly string[] = []) => [...before, text]

function gatherClaim(text: string, before: Readonly<Record<string, string>> = {}): Record<string, string> {
  const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? []
  if (name === undefined) throw new InvalidArgumentError('It is written name=value.')
  return { ...before, [name]: value! }
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
  if (name === undefined) return usage('say whose key it is: --name', terminal)
  const { makeKey } = await import('../identity/schemes/api-key/keys-file.ts')
  const { text, keys } = await readKeys(file)
  const { id, key: secret, digest } = makeKey()
  const entry = {
    id,
    name,
    digest,
    ...(scope && { scopes: scope }),
    ...(claim && { claims: claim }),
    ...(expires && { expires }),
  }
  const begun = keys.length > 0 ? text.replace(/\n?$/, '\n') : 'keys:\n'
  await replace(file, `${begun}  - ${JSON.stringify(entry)}\n`, [...keys.map((one) => one.id), id])
  terminal.complain(`the key ${id} of ${name}, shown this once:`)
  terminal.print(secret)
  return 0
}

async function listKeys({ file }: KeyOptions, terminal: Terminal): Promise<ExitCode> {
  const { keys } = await readKeys(file)
  for (const { id, name, scopes, expires } of keys)
    terminal.print([id, name, scopes.join(',') || '-', expires ?? '-'].join('\t'))
  return 0
}

async function revokeKey({ file }: KeyOptions, id: string | undefined, terminal: Terminal): Promise<ExitCode> {
  if (id === undefined) return usage('say which key: its id', terminal)
  const { text, keys, linesOf } = await readKeys(file)
  const at = keys.findIndex((one) => one.id === id)
  if (at < 0) {
    terminal.complain(`${file} has no key ${id}`)
    return 1
  }
  const [first, last] = linesOf(at)
  const lines = text.split('\n')
  const left = keys.length > 1 ? [...lines.slice(0, first - 1), ...lines.slice(last)].join('\n') : 'keys: []\n'
  await replace(
    file,
    left,
    keys.flatMap((one) => (one.id === id ? [] : one.id)),
  )
  terminal.print(`the key ${id} is revoked`)
  return 0
}

function usage(message: string, terminal: Terminal): ExitCode {
  terminal.complain(message)
  return 2
}

async function readKeys(file: string) {
  const text = await readFile(file, 'utf8').catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code === 'ENOENT') return ''
    throw thrown
  })
  return { text, ...(await parseKeys(file, text)) }
}

async function parseKeys(file: string, text: string) {
  const [{ parseYaml }, { DiagnosticCollector }, { readKeyFile }] = await Promise.all([
    import('../yaml/parse.ts'),
    import('../diagnostics/collector.ts'),
    import('../identity/schemes/api-key/keys-file.ts'),
  ])
  if (text.trim() === '') return { keys: [], linesOf: () => [1, 1] as const }
  const diagnostics = new DiagnosticCollector()
  const source = parseYaml({ path: file, text }, {}, diagnostics)
  const [fault] = diagnostics.sorted()
  if (!source || fault) throw new KeyFileFault(`${file}: ${fault?.message ?? 'it cannot be read'}`)
  try {
    const keys = readKeyFile(source.value)
    return {
      keys,
      linesOf(index: number) {
        const { line, endLine, endColumn } = source.locate(['keys', index])
        return [line, endColumn === 1 ? endLine - 1 : endLine] as const
      },
    }
  } catch (thrown) {
    throw new KeyFileFault(`${file}: ${(thrown as Error).message}`)
  }
}

/** A file of keys that cannot be read or written; a person mends it. */
class KeyFileFault extends Error {
  constructor(message: string) {
    super(message)
    this.stack = message
  }
}

/** Writes the file whole or not at all, and only where it then has these keys and no others. */
async function replace(file: string, text: string, ids: readonly string[]): Promise<void> {
  const { keys } = await parseKeys(file, text).catch(() => ({ keys: undefined }))
  if (keys?.map(({ id }) => id).join() !== ids.join())
    throw new KeyFileFault(`${file} was not changed: write its keys as a list, one a line`)
  await writeFile(`${file}.new`, text, { mode: 0o600 })
  await rename(`${file}.new`, file)
}
