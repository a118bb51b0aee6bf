/** The backend of many users in a process of its own; its argument is the port. */
import { createServer } from 'node:http'
import { createManyUsersBackend } from '../../../test/support/many-users-world.ts'

createServer({ keepAliveTimeout: 0 }, createManyUsersBackend()).listen(Number(process.argv[2]), '127.0.0.1')
