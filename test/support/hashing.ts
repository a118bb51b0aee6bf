import { createHook } from 'node:async_hooks'
import { scryptSync } from 'node:crypto'
import { afterTest } from './cleanup.ts'

/** How many slow hashes this process has begun since. */
export function countHashes(): () => number {
  let count = 0
  const hook = createHook({
    init(_id, type) {
      if (type === 'SCRYPTREQUEST' || type === 'ARGON2REQUEST') count += 1
    },
  })
  hook.enable()
  afterTest(() => hook.disable())
  return () => count
}

/** The cheapest hash that a file of users may have. */
export function hashOf(password: string): string {
  const salt = Buffer.from('salt and pepper')
  const digest = scryptSync(password, salt, 32, { N: 2 ** 14, r: 8, p: 1, maxmem: 64 * 1024 * 1024 })
  const text = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '')
  return `$scrypt$ln=14,r=8,p=1$${text(salt)}$${text(digest)}`
}

export const withPassword = (name: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`,
})
