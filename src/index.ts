/** Tessera as a library: a gateway to run or to mount, and the pure function that checks and compiles a configuration. */
export { type ConfigTexts, type ReadOptions, readConfig } from './config/read.ts'
export type { Diagnostic } from './diagnostics/diagnostic.ts'
export { printDiagnostic } from './diagnostics/print.ts'
export { GatewayError } from './errors.ts'
export { buildSnapshot } from './plan/build.ts'
export type { LoadResult, Snapshot } from './plan/snapshot.ts'
export {
  ConfigurationError,
  createGateway,
  type Gateway,
  type GatewayOptions,
  type ReloadResult,
  type RequestEntry,
} from './server/gateway.ts'
export type { Logger } from './telemetry/logger.ts'
