// The few pages that a person sees without the console: half a sign-in link, one that no longer works, a console that is
// not built. Portuguese, no script, no outside resource. All text is fixed; nothing from a request is ever put in.

export const pageStyle =
  'html{color-scheme:light dark}body{font:16px/1.55 system-ui,sans-serif;max-width:38rem;margin:12vh auto;padding:0 1.5rem}' +
  'h1{font-size:1.5rem;margin:0 0 1rem}code{font:0.95em ui-monospace,monospace;background:#8883;padding:.15em .4em;' +
  'border-radius:.3em}pre{background:#8883;padding:.8rem 1rem;border-radius:.5em;overflow:auto}pre code{background:none;padding:0}' +
  'small{opacity:.75}';

const newLink = 'node server/main.ts sign-in-link --config vigia.yaml';

const askForLink = `<p>No computador onde o Vigia roda, peça um novo link de entrada (vale uma vez, por 15 minutos):</p>
<pre><code>${newLink}</code></pre>
<p><small>Se o Vigia foi iniciado com <code>npm start</code>, o comando é <code>npx node server/main.ts sign-in-link</code>.</small></p>`;

const toForm = 'Quem tem usuário e senha <a href="/">entra por aqui</a>.';

export const signInPage = page(
  'Entrar no Vigia',
  `<p>Este endereço só funciona com um link de entrada completo. ${toForm}</p>${askForLink}`,
);

export const usedLinkPage = page(
  'Este link de entrada não vale mais',
  `<p>Cada link funciona uma única vez e por 15 minutos. Este está errado, já foi usado ou venceu. ${toForm}</p>${askForLink}`,
);

export const tooManyPage = page(
  'Espere um minuto',
  '<p>Houve tentativas demais com links que não valem, vindas deste endereço. Espere um minuto e tente de novo com um link novo.</p>',
);

export const consoleMissingPage = page(
  'O painel ainda não foi construído',
  `<p>O servidor está funcionando, mas os arquivos do painel não estão em <code>server/console/dist</code>. Construa-os uma vez e recarregue esta página:</p>
<pre><code>npx node server/console/build.ts</code></pre>`,
);

export const notFoundPage = page(
  'Página não encontrada',
  '<p>Não há nada neste endereço. <a href="/">Ir para o painel</a></p>',
);

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="pt-BR"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title} — Vigia</title><style>${pageStyle}</style></head>
<body><h1>${title}</h1>${body}</body></html>
`;
}
