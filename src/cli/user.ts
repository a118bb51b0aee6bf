import { randomBytes } from 'node:crypto'
import { text as textOf } from 'node:stream/consumers'
import { Argument, Option } from 'commander'
import type { HashName } from '../identity/schemes/basic/password-hash.ts'
import type { UserEntry } from '../identity/schemes/basic/users-file.ts'
import type { CliCommand, ExitCode } from './command.ts'
import { EntryFile, gather, gatherClaim } from './entry-file.ts'
import { complainOfUsage, type Terminal } from './terminal.ts'

interface UserOptions {
  readonly file: string
  readonly role?: readonly string[]
  readonly scope?: readonly string[]
  readonly claim?: Readonly<Record<string, string>>
  readonly expires?: string
  readonly passwordStdin?: boolean
  readonly hash: HashName
}

export const user: CliCommand<UserOptions> = {
  name: 'user',
  summary: 'Make, list and remove the users of a basic scheme.',
  examples: [
    ['tessera user new anna --role editor', 'prints a password, once, and keeps a slow hash of it'],
    [
      'tessera user new bo --password-stdin < password.txt',
      'one that is chosen elsewhere: never an argument, which others see',
    ],
    ['tessera user list', 'names, roles, scopes and when they end'],
    ['tessera user remove anna', 'takes one out; a gateway that watches its files refuses him at once'],
  ],
  operands: [
    new Argument('<action>', 'what to do').choices(['new', 'list', 'remove']),
    new Argument('[name]', 'of the user'),
  ],
  options: [
    new Option('-f, --file <file>', 'the file of users').default('config/users.yaml'),
    new Option('--role <role>', 'what he is; may come more than once').argParser(gather),
    new Option('--scope <scope>', 'what he is granted; may come more than once').argParser(gather),
    new Option('--claim <name=value>', 'what else is known of him').argParser(gatherClaim),
    new Option('--expires <time>', 'when he ends: 2027-01-31, or a time'),
    new Option('--password-stdin', 'takes the password from standard input, without the end of its line'),
    new Option('--hash <kind>', 'of the password').choices(['scrypt', 'argon2id']).default('scrypt'),
  ],
  async run(options, terminal, [action, name]) {
    if (action === 'list') return listUsers(options, terminal)
    if (name === undefined) return complainOfUsage(terminal, 'say which user: the name')
    return action === 'new' ? addUser(options, name, terminal) : removeUser(options, name, terminal)
  },
}

async function addUser(options: UserOptions, name: string, terminal: Terminal): Promise<ExitCode> {
  const { file, role, scope, claim, expires, passwordStdin, hash: kind } = options
  const { hashPassword } = await import('../identity/schemes/basic/password-hash.ts')
  const users = await openUsers(file)
  const chosen = passwordStdin ? (await textOf(process.stdin)).replace(/\r?\n$/, '') : undefined
  if (chosen === '') return complainOfUsage(terminal, 'standard input has no password')
  const password = chosen ?? randomBytes(18).toString('base64url')
  const claims = { ...claim, ...(role && { roles: role }) }
  const granted = {
    ...(scope && { scopes: scope }),
    ...(Object.keys(claims).length > 0 && { claims }),
    ...(expires && { expires }),
  }
  await users.add({ name, hash: await hashPassword(password, kind), ...granted }, name)
  if (chosen !== undefined) terminal.print(`${name} is a user`)
  else {
    terminal.complain(`the password of ${name}, shown this once:`)
    terminal.print(password)
  }
  return 0
}

async function listUsers({ file }: UserOptions, terminal: Terminal): Promise<ExitCode> {
  const { entries } = await openUsers(file)
  for (const { name, claims, scopes, expires } of entries) {
    const roles = [claims['roles'] ?? []].flat().join(',')
    terminal.print([name, roles || '-', scopes.join(',') || '-', expires ?? '-'].join('\t'))
  }
  return 0
}

async function removeUser({ file }: UserOptions, name: string, terminal: Terminal): Promise<ExitCode> {
  if (!(await (await openUsers(file)).remove(name))) {
    terminal.complain(`${file} has no user ${name}`)
    return 1
  }
  terminal.print(`${name} is removed`)
  return 0
}

async function openUsers(file: string): Promise<EntryFile<UserEntry>> {
  const { readUserFile: read } = await import('../identity/schemes/basic/users-file.ts')
  return EntryFile.open(file, { list: 'users', read, nameOf: ({ name }) => name })
}
