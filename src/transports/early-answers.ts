import { Socket } from 'node:net'

type Told = (error?: Error | null) => void

const { _write: write, _writev: writev } = Socket.prototype

/**
 * A backend that has heard enough (413, 401) answers, and closes the connection while we still write to it. Node then
 * closes the socket for the write that failed, and the answer, which has come, is never read. So here a write that
 * failed is told two turns of the loop later: when all that has come is read. The functions are the same for all
 * connections, since what each has of its own V8 neither inlines nor calls at once.
 */
export function readBeforeWriteErrors(socket: Socket): void {
  socket._write = writeAndTellLate
  socket._writev = writeAllAndTellLate
}

function writeAndTellLate(this: Socket, chunk: unknown, encoding: BufferEncoding, told: Told): void {
  write.call(this, chunk, encoding, later(told))
}

function writeAllAndTellLate(this: Socket, chunks: Parameters<NonNullable<typeof writev>>[0], told: Told): void {
  writev!.call(this, chunks, later(told))
}

function later(told: Told): Told {
  return (error) => {
    if (error) setImmediate(() => setImmediate(told, error))
    else told()
  }
}
