import { transports } from '../../src/transports/index.ts'
import { describeTransportFaults } from '../support/transports/transport-faults.ts'

describeTransportFaults(transports.get('undici')!)
