import type { Socket } from 'node:net'

type Told = (error?: Error | null) => void

/**
 * A backend that has heard enough (413, 401) answers, and closes the connection while we still write to it. Node then
 * closes the socket for the write that failed, and the answer, which has come, is never read. So here a write that
 * failed is told two turns of the loop later: when all that has come is read.
 */
export function readBeforeWriteErrors(socket: Socket): void {
  const write = socket._write
  const writev = socket._writev!
  socket._write = (chunk, encoding, told) => write.call(socket, chunk, encoding, later(told))
  socket._writev = (chunks, told) => writev.call(socket, chunks, later(told))
}

function later(told: Told): Told {
  return (error) => {
    if (error) setImmediate(() => setImmediate(told, error))
    else told()
  }
}
