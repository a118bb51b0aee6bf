import { transports } from '../../../src/backends/transports/index.ts'
import { describeTransportFaults } from './transportFaults.ts'

describeTransportFaults(transports.get('undici')!)
