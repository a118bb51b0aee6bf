import type { GatewayPromise } from '../promise.ts'
import { deadline } from './deadline.ts'
import { drain } from './drain.ts'
import { isolation } from './isolation.ts'
import { reload } from './reload.ts'

/** In the order of the table. */
export const promises: readonly GatewayPromise[] = [reload, drain, deadline, isolation]
