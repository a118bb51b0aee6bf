import type { GatewayPromise } from '../promise.ts'
import { asymmetry } from './asymmetry.ts'
import { deadline } from './deadline.ts'
import { discovery } from './discovery.ts'
import { drain } from './drain.ts'
import { ejection } from './ejection.ts'
import { fuzz } from './fuzz.ts'
import { handshakes } from './handshakes.ts'
import { isolation } from './isolation.ts'
import { overload } from './overload.ts'
import { queryOfDeath } from './query-of-death.ts'
import { reload } from './reload.ts'
import { retries } from './retries.ts'
import { slowClients } from './slow-clients.ts'
import { telemetry } from './telemetry.ts'
import { truncation } from './truncation.ts'
import { zeroTrust } from './zero-trust.ts'

/** In the order of the table; `discovery` is not of that table, but of what discovery has to show. */
export const promises: readonly GatewayPromise[] = [
  ...[reload, drain, deadline, isolation, retries, ejection, overload],
  ...[truncation, asymmetry, slowClients, handshakes, zeroTrust, queryOfDeath, fuzz, telemetry, discovery],
]
