/** Why a command could not go on, in one line for what a person can mend; anything else is a bug, and its stack is shown. */
export function describeFailure(thrown: unknown): string {
  const { code, port, path, message, stack } = thrown as NodeJS.ErrnoException & { port?: number }
  switch (code) {
    case 'EADDRINUSE':
      return `port ${port} is taken: end what listens there, or choose another with --port or --admin-port`
    case 'EACCES':
      if (port !== undefined) return `port ${port} is not allowed: choose one from 1024 up with --port`
      return `${path}: permission denied`
    case 'EEXIST':
    case 'ENOTDIR':
      return `${path} is no directory`
    case 'EADDRNOTAVAIL':
      return `the address to listen on is not one of this machine (port ${port})`
    case 'ENOENT':
    case 'EISDIR':
      return path === undefined
        ? message
        : `${path}: ${code === 'ENOENT' ? 'no such file or directory' : 'it is a directory'}`
    default:
      return stack ?? message ?? String(thrown)
  }
}
