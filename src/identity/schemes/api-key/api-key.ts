import * as z from 'zod'
import { placesShape } from '../../credential.ts'
import { faultOf, identityOf } from '../../granted.ts'
import { denied, type Identity } from '../../identity.ts'
import { defineScheme } from '../../scheme.ts'
import { digestOf, idOfKey, readKeyFile } from './keys-file.ts'

/** Keys that the gateway's operator gives out. A file holds their digests, never themselves. */
export const apiKey = defineScheme({
  name: 'apiKey',
  example: 'partner: { apiKey: { keys: ./keys.yaml } }',
  shape: z
    .strictObject({
      keys: z
        .string()
        .min(1)
        .describe('The file of their digests, from the one that says so: `tessera key new` writes it.'),
      from: placesShape('header.x-api-key'),
      roles: z.string().min(1).optional().describe('Where the roles stand in the claims. `roles` unless given.'),
    })
    .meta({ description: 'Keys that are given out here, by `tessera key new`.' }),
  challenge: 'ApiKey',
  places: ({ from }) => from,
  fileKey: 'keys',
  checkFile: (value) => faultOf(() => readKeyFile(value)),
  caption: ({ keys }) => `keys of ${keys}`,
  open({ roles }, { scheme, clock, file }) {
    const known = new Map<string, Identity>()
    for (const entry of readKeyFile(file)) known.set(entry.digest, identityOf(entry, scheme, roles))
    return {
      verify(key) {
        if (idOfKey(key) === undefined) return denied('it is no key')
        // Found by its digest: how long that takes tells nothing of the keys that there are.
        const identity = known.get(digestOf(key))
        if (!identity) return denied('nobody knows the key')
        if (identity.expiresMs !== undefined && clock.epoch() >= identity.expiresMs) return denied('the key has ended')
        return identity
      },
    }
  },
})
