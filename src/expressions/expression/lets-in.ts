import { GatewayError } from '../../errors.ts'
import type { Document } from '../document.ts'

/**
 * Whether a condition that lets in holds: where it cannot be told it does not, and `tell` hears why. Such conditions
 * are compiled `strict`, so that `role != 'guest'` lets nobody in who has no role.
 */
export function letsIn(
  test: (document: Document) => boolean,
  document: Document,
  tell: (error: GatewayError) => void,
): boolean {
  try {
    return test(document)
  } catch (thrown) {
    if (!(thrown instanceof GatewayError) || thrown.code !== 'expression-failed') throw thrown
    tell(thrown)
    return false
  }
}
