import type { CallResponse } from '../backends/call.ts'
import { compileColorWriter } from '../values/color.ts'
import type { Document } from '../values/document.ts'
import type { BoundOperation } from './bind.ts'
import type { Locator } from './locator.ts'

/** Compiles how a response's values are written to their colors; what is not there stays absent. */
export function compileOutputs(operation: BoundOperation): (document: Document, response: CallResponse) => void {
  const outputs = operation.outputs.map(({ color, locator }) => ({
    read: compileResponseReader(locator),
    write: compileColorWriter(color),
  }))
  return (document, response) => {
    for (const { read, write } of outputs) {
      const value = read(response)
      if (value !== undefined) write(document, value)
    }
  }
}

function compileResponseReader(locator: Locator): (response: CallResponse) => unknown {
  switch (locator.in) {
    case 'status':
      return (response) => response.status
    case 'header':
      return (response) => response.headers[locator.name]
    case 'body':
      return (response) => locator.path.evaluate(response.body)
    default:
      throw new Error(`a response has no ${locator.in}`)
  }
}
