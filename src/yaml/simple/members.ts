import { namesVariable } from '../../environment.ts'
import { unsafeKeys } from '../unsafe-keys.ts'
import { notSimple } from './cursor.ts'

/** Adds a member to a mapping. A merge, and a key that must not be or is there already, are for the full reader. */
export function setMember(members: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '<<' || unsafeKeys.has(key) || Object.hasOwn(members, key) || namesVariable(key)) throw notSimple
  members[key] = value
}
