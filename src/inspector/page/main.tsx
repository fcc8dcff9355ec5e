/** The page of `jsonmmap inspect`. */
import { render } from 'preact';
import './style/index.css';
import { App } from './app.js';
import { applyTheme } from './theme.js';

applyTheme();
render(<App />, document.getElementById('app') as HTMLElement);
