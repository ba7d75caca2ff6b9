// The console's entry: makes the store, the connection and the ticker, and hands them to the views. Nothing else
// creates them. `jitless.ts` stands first because it must run before any schema is made.
import './jitless.ts';
import { createRoot } from 'react-dom/client';
import { present } from '../../shared/assert.ts';
import { openAlerts } from './alerts/alerts.ts';
import { browserDesktop, browserMemory, browserSound } from './alerts/browser-alerts.ts';
import { sayCriticals, sayTest } from './alerts/say.ts';
import { alertWords } from './alerts/words.ts';
import { WallConnection } from './connection.ts';
import { browserPorts } from './event-source.ts';
import { languageOf, SpeechContext, speechOf } from './i18n/speech.ts';
import { createWallStore } from './live.ts';
import { startTicker } from './ticker.ts';
import { App } from './view/app.tsx';
import { CrashGuard } from './view/crash-guard.tsx';
import { WallContext } from './view/wall-context.ts';

const store = createWallStore();
const connection = new WallConnection(browserPorts, store.dispatch);
const ticker = startTicker();
const speech = speechOf(languageOf(location.search));
const said = alertWords[speech.language];
const alerts = openAlerts({
  wall: store,
  ticker,
  memory: browserMemory,
  sound: browserSound(),
  desktop: browserDesktop,
  now: () => Date.now(),
  say: (rows) => sayCriticals(said, rows),
  sayTest: () => sayTest(said),
});
const wall = { store, ticker, alerts, openAgain: () => connection.open() };

document.documentElement.lang = speech.formats.locale;
connection.open();
// A restored or suspended page must not show yesterday's wall until the silence timer bites.
addEventListener('pageshow', (event) => {
  if (event.persisted) connection.open();
});
addEventListener('online', () => connection.open());
// A browser lets a page sound only after somebody pressed something on it.
for (const event of ['pointerdown', 'keydown']) {
  addEventListener(event, () => void alerts.ask({ kind: 'touched' }));
}

createRoot(present(document.getElementById('root'), 'the element the wall is drawn into')).render(
  <SpeechContext value={speech}>
    <WallContext value={wall}>
      <CrashGuard>
        <App />
      </CrashGuard>
    </WallContext>
  </SpeechContext>,
);
