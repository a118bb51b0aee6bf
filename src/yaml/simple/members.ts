import { namesVariable } from '../../environment.ts'
import { unsafeKeys } from '../unsafe-keys.ts'
import { notSimple } from './cursor.ts'

/** Adds a member to a mapping. A key that must not be, or is there already, is for the full reader to report. */
export function setMember(members: Record<string, unknown>, key: string, value: unknown): void {
  if (unsafeKeys.has(key) || Object.hasOwn(members, key) || namesVariable(key)) throw notSimple
  members[key] = value
}
