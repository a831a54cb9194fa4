// What every change is tested with.
import { after } from 'node:test'
import { use } from './open.mjs'
import './make.mjs'
import './recipe.mjs'
import './incoming.mjs'
import './viewer.mjs'
import './pages.mjs'
import './sweeps.mjs'
import './plugins.mjs'
import './access.mjs'
import './restart.mjs'

after(async () => (await use()).stop())
