import { consulRegistration } from './consul.ts'
import { etcdRegistration } from './etcd.ts'
import type { RegistrationKind } from './registration.ts'

const kinds: readonly RegistrationKind[] = [consulRegistration, etcdRegistration] as readonly RegistrationKind[]

/** A new registration is one file, one line here and its settings in `config/register.ts`. */
export const registrations: ReadonlyMap<string, RegistrationKind> = new Map(kinds.map((kind) => [kind.name, kind]))
