import { mount } from 'svelte'
import './style/tokens.css'
import './style/base.css'
import './style/controls.css'
import App from './shell/App.svelte'

const target = document.getElementById('page')
if (target) mount(App, { target })
