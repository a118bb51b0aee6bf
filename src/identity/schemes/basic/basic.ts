import * as z from 'zod'
import { parsePlace } from '../../credential.ts'
import { faultOf } from '../../granted.ts'
import { defineScheme } from '../../scheme.ts'
import { readUserFile } from './users-file.ts'
import { openBasic } from './verifier.ts'

const places = [parsePlace('header.authorization')!]

/** Names and passwords (RFC 7617). A file holds slow hashes of them. */
export const basic = defineScheme({
  name: 'basic',
  example: 'staff: { basic: { users: ./users.yaml } }',
  shape: z
    .strictObject({
      users: z.string().min(1).describe('The file of users, from the one that says so: `tessera user new` writes it.'),
      roles: z.string().min(1).optional().describe('Where the roles stand in the claims. `roles` unless given.'),
    })
    .meta({ description: 'Names and passwords, which a browser asks for by itself (RFC 7617).' }),
  challenge: 'Basic',
  isAmbient: true,
  places: () => places,
  fileKey: 'users',
  checkFile: (value) => faultOf(() => readUserFile(value)),
  caption: ({ users }) => `users of ${users}`,
  describe: () => ({ type: 'http', scheme: 'basic' }),
  open: ({ roles }, parts) => openBasic(roles, parts),
})
