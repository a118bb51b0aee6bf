import type { Reporter } from './report.ts'

/** For programs: a list of diagnostics, each flat; lines and columns from 1, the end exclusive, `help` maybe null. */
export const json: Reporter = ({ diagnostics }) =>
  JSON.stringify(
    diagnostics.map(({ code, severity, message, at, help }) => ({
      code,
      severity,
      message,
      ...at,
      help: help ?? null,
    })),
    null,
    2,
  )
