import * as crypto from 'node:crypto'
import { promisify } from 'node:util'

/** What is kept of a password: how it is hashed, and what comes of it. */
export interface PasswordHash extends HashCost {
  readonly salt: Buffer
  readonly digest: Buffer
}

/** What makes equally costly hashes. */
interface HashCost {
  readonly derive: (password: string, salt: Buffer, length: number) => Promise<Buffer>
}

export const hashNames = ['scrypt', 'argon2id'] as const
export type HashName = (typeof hashNames)[number]

const KB = 1024
/** Of one hash; two are made at once. */
const mostMemory = 256 * KB * KB
const least = { salt: 8, digest: 16 }

const scrypt = promisify<string, Buffer, number, crypto.ScryptOptions, Buffer>(crypto.scrypt)

/** One number of a hash by its name, and what it may be. */
type Costs = Readonly<Record<string, readonly [least: number, most: number]>>

interface Algorithm {
  /** Before what is told of its cost, where there is one. */
  readonly version?: string
  readonly costs: Costs
  readonly memoryOf: (costs: Readonly<Record<string, number>>) => number
  readonly derive: (
    password: string,
    salt: Buffer,
    length: number,
    costs: Readonly<Record<string, number>>,
  ) => Promise<Buffer>
  /** What new hashes cost: OWASP's Password Storage Cheat Sheet. */
  readonly fresh: Readonly<Record<string, number>>
}

const algorithms: Readonly<Record<HashName, Algorithm>> = {
  scrypt: {
    costs: { ln: [14, 20], r: [8, 32], p: [1, 16] },
    memoryOf: ({ ln, r }) => 128 * 2 ** ln! * r!,
    derive: (password, salt, length, { ln, r, p }) =>
      scrypt(password, salt, length, { N: 2 ** ln!, r: r!, p: p!, maxmem: mostMemory * 2 }),
    fresh: { ln: 15, r: 8, p: 3 },
  },
  argon2id: {
    version: 'v=19',
    costs: { m: [7 * KB, mostMemory / KB], t: [1, 16], p: [1, 16] },
    memoryOf: ({ m }) => m! * KB,
    derive: (message, nonce, tagLength, { m, t, p }) =>
      promisify(crypto.argon2)('argon2id', { message, nonce, tagLength, memory: m!, passes: t!, parallelism: p! }),
    fresh: { m: 19 * KB, t: 2, p: 1 },
  },
}

/**
 * Reads `$scrypt$ln=15,r=8,p=3$SALT$DIGEST` or `$argon2id$v=19$m=19456,t=2,p=1$SALT$DIGEST` (the PHC string format).
 * @throws Error that says what is wrong, and nothing of salt and digest
 */
export function parseHash(text: string): PasswordHash {
  const [empty, name = '', ...rest] = text.split('$')
  const algorithm = Object.hasOwn(algorithms, name) ? algorithms[name as HashName] : undefined
  if (empty !== '' || !algorithm)
    throw new Error('it is neither $scrypt$… nor $argon2id$…: `tessera user new` makes one')
  checkIsThere(name as HashName)
  if (algorithm.version !== undefined && rest.shift() !== algorithm.version)
    throw new Error(`of ${name} only ${algorithm.version} is known`)
  const [told = '', salt, digest, ...more] = rest
  const costs = parseCosts(told, algorithm.costs)
  if (!costs)
    throw new Error(
      `of ${name} it says ${Object.keys(algorithm.costs)
        .map((key) => `${key}=N`)
        .join(',')}`,
    )
  for (const [key, [from, to]] of Object.entries(algorithm.costs))
    if (costs[key]! < from || costs[key]! > to) throw new Error(`${key} of ${name} is ${from} to ${to}`)
  if (algorithm.memoryOf(costs) > mostMemory) throw new Error('it takes more than 256MB')
  const bytes = { salt: decode(salt), digest: decode(digest) }
  if (more.length > 0 || bytes.salt.length < least.salt || bytes.digest.length < least.digest)
    throw new Error('behind that stand a salt of 8 bytes at least and a digest of 16, in base64')
  return { ...bytes, derive: (password, by, length) => algorithm.derive(password, by, length, costs) }
}

/** Hashes a new password, as `parseHash` reads it. */
export async function hashPassword(password: string, name: HashName): Promise<string> {
  checkIsThere(name)
  const { derive, fresh, version } = algorithms[name]
  const salt = crypto.randomBytes(16)
  const digest = await derive(password.normalize(), salt, 32, fresh)
  const costs = Object.entries(fresh).map(([key, value]) => `${key}=${value}`)
  return ['', name, ...(version === undefined ? [] : [version]), costs.join(','), encode(salt), encode(digest)].join(
    '$',
  )
}

/** Whether a password is the one that was hashed. */
export async function isPassword(password: string, { salt, digest, derive }: PasswordHash): Promise<boolean> {
  return crypto.timingSafeEqual(await derive(password.normalize(), salt, digest.length), digest)
}

function checkIsThere(name: HashName): void {
  if (name === 'argon2id' && typeof crypto.argon2 !== 'function')
    throw new Error('argon2id takes Node 24.7: use scrypt here')
}

function parseCosts(text: string, costs: Costs): Record<string, number> | undefined {
  const names = Object.keys(costs)
  const found = text.split(',').map((one) => /^([a-z]+)=([1-9]\d{0,8})$/.exec(one))
  if (found.length !== names.length || !found.every((one, at) => one?.[1] === names[at])) return undefined
  return Object.fromEntries(found.map((one) => [one![1]!, Number(one![2])]))
}

const encode = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '')

function decode(text = ''): Buffer {
  const bytes = Buffer.from(text, 'base64')
  return encode(bytes) === text ? bytes : Buffer.alloc(0)
}
