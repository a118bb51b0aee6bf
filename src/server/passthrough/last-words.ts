import type { Socket } from 'node:net'

/** So long nothing may come before a connection that takes nothing more is given up. */
const silenceMs = 1000

/**
 * A backend that refuses an upload answers and closes: the next write fails, and Node would destroy the connection with
 * the answer unread in it. What is already there wins: after a write that failed the connection is read to its end.
 */
export function keepReading(socket: Socket): void {
  const destroy = socket.destroy
  let isDying = false
  socket.destroy = (error) => {
    if (!isFailedWrite(error)) return destroy.call(socket, error)
    // The stream takes in nothing more while it is marked as broken. What was still to be written may fail too.
    const { _readableState: state } = socket as unknown as { _readableState: { errored: Error | null } }
    state.errored = null
    if (isDying) return socket
    isDying = true
    let bytesRead = socket.bytesRead
    const look = setInterval(() => {
      if (socket.bytesRead === bytesRead) destroy.call(socket, error)
      bytesRead = socket.bytesRead
    }, silenceMs)
    socket.once('end', () => setImmediate(() => destroy.call(socket, error)))
    socket.once('close', () => clearInterval(look))
    return socket
  }
}

function isFailedWrite(error: NodeJS.ErrnoException | undefined): boolean {
  return error?.syscall === 'write' && (error.code === 'EPIPE' || error.code === 'ECONNRESET')
}
