// What takes longer: every page in both themes at both sizes, and keys alone.
import { after, test } from 'node:test'
import { examineAll } from './axe.mjs'
import { use } from './open.mjs'
import './keys.mjs'

test('nothing serious is in the way of anyone, desktop, dark', () => examineAll('desktop', 'dark'))
test('nothing serious is in the way of anyone, phone, light', () => examineAll('phone', 'light'))

after(async () => (await use()).stop())
