import { transports } from '../../src/transports/index.ts'
import { describeTransportFaults } from './transport-faults.ts'

describeTransportFaults(transports.get('undici')!)
