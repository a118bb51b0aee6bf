const graceMs = 1000

/** Resolves at the first Ctrl-C or SIGTERM; a second one ends the process at once. */
export function waitForStop(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let stopping = false
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        if (stopping) process.exit(1)
        stopping = true
        resolve(signal)
      })
    }
  })
}

/** When all is closed: ends the process after a second if something still keeps it alive. */
export function leaveSoon(): void {
  setTimeout(() => process.exit(), graceMs).unref()
}
