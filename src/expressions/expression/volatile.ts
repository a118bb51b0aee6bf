import { areaOfOutside } from '../outside.ts'
import type { Bindings } from './scope.ts'
import type { Stretch } from './syntax/node.ts'

/** Notes a call that gives another value to every request as something that is read: it is made once for nobody, and not shared unawares. */
export function noteVolatile(name: string, { start, end }: Stretch, { notes, reads }: Bindings): void {
  notes.isVolatile = true
  const path = areaOfOutside({ from: 'function', name })
  reads.push({ path, offset: start, length: end - start, guarded: true, needed: false, asked: false })
}
