import { transports } from '../../../src/backends/transports/index.ts'
import { describeTransportFaults } from './transport-faults.ts'

describeTransportFaults(transports.get('http1')!)
