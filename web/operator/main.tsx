import { render } from 'preact';
import { GatewayApi } from '../../src/client/index.ts';
import { createLanguage, WithLanguage } from '../shared/i18n.tsx';
import { App } from './app.tsx';

const root = document.getElementById('app');
if (root) {
  const choice = createLanguage(localStorage);
  render(
    <WithLanguage choice={choice}>
      <App api={new GatewayApi()} choice={choice} />
    </WithLanguage>,
    root,
  );
}
