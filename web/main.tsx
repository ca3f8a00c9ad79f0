import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import './app.css';

const root = document.getElementById('root');
if (root === null) throw new Error('the shell has no #root');
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
