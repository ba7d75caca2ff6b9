// Words of the audit log: what each request of the API means to a person. Portuguese first; English by the same keys.
// A request without words here is shown as it came: a log must never hide what it does not know.

const pt = {
  caption: 'Auditoria: quem fez o quê',
  person: 'Pessoa',
  everybody: 'todas',
  refresh: 'Atualizar',
  older: 'Carregar mais antigos',
  none: 'Nada registrado.',
  nobody: 'desconhecido',
  shown: (shown: number, all: number) =>
    shown === all ? `${all} registros carregados.` : `${shown} de ${all} registros carregados.`,
  thatIsAll: 'Não há mais antigos.',
  columns: {
    at: 'Quando',
    by: 'Quem',
    action: 'O quê',
    object: 'Onde e resultado',
    address: 'Endereço',
  },
  refused: (status: string) => `recusado (código ${status})`,
  because: {
    'auth.refused': 'usuário, senha ou código errado',
    'auth.second-factor': 'senha certa, faltou o segundo fator',
    'limit.reached': 'tentativas demais',
    'oidc.denied': 'cancelada na conta externa',
    'oidc.unavailable': 'o provedor de contas não respondeu',
    'oidc.expired': 'volta que não vale: vencida, já usada ou de outro navegador',
    'oidc.failed': 'a resposta do provedor de contas não confere; o registro do servidor diz por quê',
    'oidc.limit': 'tentativas demais',
    'oidc.no-email': 'conta externa sem e-mail confirmado',
    'oidc.unknown-person': 'nenhuma pessoa cadastrada com este e-mail',
    'oidc.other-subject': 'o e-mail pertence agora a outra conta externa',
    'oidc.disabled': 'pessoa desativada',
    'oidc.no-role': 'conta externa sem papel no Vigia',
    'oidc.no-set-up': 'a primeira configuração ainda não foi feita',
    'oidc.too-many-people': 'o limite de pessoas foi atingido',
  },
  via: {
    link: 'por link',
    password: 'por senha',
    oidc: 'por conta externa',
    token: 'por token',
  },
  actions: {
    'sign-in': 'Entrou',
    'sign-in.refused': 'Entrada recusada',
    'set-up': 'Fez a primeira configuração',
    'set-up.refused': 'Primeira configuração recusada',
    'DELETE /session': 'Saiu',
    'POST /sign-in-links': 'Criou link de entrada',
    'POST /users': 'Adicionou pessoa',
    'PATCH /users/:': 'Alterou pessoa',
    'DELETE /users/:': 'Removeu pessoa',
    'POST /account/password': 'Trocou a própria senha',
    'POST /account/totp': 'Iniciou segundo fator',
    'POST /account/totp/confirmation': 'Ativou segundo fator',
    'POST /account/totp/removal': 'Desligou segundo fator',
    'POST /api-tokens': 'Criou token de API',
    'DELETE /api-tokens/:': 'Revogou token de API',
    'PUT /inventory': 'Importou inventário',
    'POST /inventory': 'Importou inventário',
    'POST /enrolment-tokens': 'Criou token de cadastro de agente',
    'DELETE /agents/:': 'Revogou agente',
    'POST /incidents/:/acknowledgement': 'Assumiu incidente',
    'POST /incidents/:/assignment': 'Atribuiu incidente',
    'POST /incidents/:/pause': 'Pausou o prazo do SLA',
    'POST /incidents/:/resumption': 'Retomou o prazo do SLA',
    'POST /incidents/:/notes': 'Comentou incidente',
    'POST /incidents/:/resolution': 'Resolveu incidente',
    'POST /incidents/:/reopening': 'Reabriu incidente',
    'POST /manual-queue/:/registration': 'Registrou protocolo',
    'POST /manual-queue/:/notes-done': 'Fez anotação na central',
    'POST /manual-queue/:/send-again': 'Mandou enviar de novo',
    'POST /maintenance-windows': 'Agendou manutenção',
    'POST /maintenance-windows/preview': 'Conferiu o que uma janela esconderia',
    'POST /silences/preview': 'Conferiu o que um silêncio esconderia',
    'DELETE /maintenance-windows/:': 'Cancelou manutenção',
    'POST /silences': 'Criou silêncio',
    'DELETE /silences/:': 'Encerrou silêncio',
    'POST /channels/:/test': 'Testou canal de aviso',
  },
};

export type AuditWords = typeof pt;

const en: AuditWords = {
  caption: 'Audit log: who did what',
  person: 'Person',
  everybody: 'everybody',
  refresh: 'Refresh',
  older: 'Load older ones',
  none: 'Nothing recorded.',
  nobody: 'unknown',
  shown: (shown: number, all: number) =>
    shown === all ? `${all} records loaded.` : `${shown} of ${all} loaded records.`,
  thatIsAll: 'There are no older ones.',
  columns: {
    at: 'When',
    by: 'Who',
    action: 'What',
    object: 'Where and result',
    address: 'Address',
  },
  refused: (status: string) => `refused (code ${status})`,
  because: {
    'auth.refused': 'wrong user name, password or code',
    'auth.second-factor': 'right password, second factor missing',
    'limit.reached': 'too many attempts',
    'oidc.denied': 'cancelled at the external account',
    'oidc.unavailable': 'the account provider did not answer',
    'oidc.expired': 'a way back that is not valid: too late, used, or of another browser',
    'oidc.failed': "the account provider's answer is not right; the server's log says why",
    'oidc.limit': 'too many attempts',
    'oidc.no-email': 'external account without a verified e-mail',
    'oidc.unknown-person': 'no person with this e-mail',
    'oidc.other-subject': 'the e-mail belongs to another external account now',
    'oidc.disabled': 'person disabled',
    'oidc.no-role': 'external account without a role in Vigia',
    'oidc.no-set-up': 'the first set-up is not done yet',
    'oidc.too-many-people': 'the limit of people is reached',
  },
  via: {
    link: 'by link',
    password: 'by password',
    oidc: 'by external account',
    token: 'by token',
  },
  actions: {
    'sign-in': 'Signed in',
    'sign-in.refused': 'Sign-in refused',
    'set-up': 'Did the first set-up',
    'set-up.refused': 'First set-up refused',
    'DELETE /session': 'Signed out',
    'POST /sign-in-links': 'Made a sign-in link',
    'POST /users': 'Added a person',
    'PATCH /users/:': 'Changed a person',
    'DELETE /users/:': 'Removed a person',
    'POST /account/password': 'Changed the own password',
    'POST /account/totp': 'Began a second factor',
    'POST /account/totp/confirmation': 'Turned the second factor on',
    'POST /account/totp/removal': 'Turned the second factor off',
    'POST /api-tokens': 'Made an API token',
    'DELETE /api-tokens/:': 'Revoked an API token',
    'PUT /inventory': 'Imported the inventory',
    'POST /inventory': 'Imported the inventory',
    'POST /enrolment-tokens': 'Made an enrolment token',
    'DELETE /agents/:': 'Revoked an agent',
    'POST /incidents/:/acknowledgement': 'Took an incident',
    'POST /incidents/:/assignment': 'Assigned an incident',
    'POST /incidents/:/pause': 'Paused an SLA clock',
    'POST /incidents/:/resumption': 'Let an SLA clock run again',
    'POST /incidents/:/notes': 'Commented an incident',
    'POST /incidents/:/resolution': 'Resolved an incident',
    'POST /incidents/:/reopening': 'Reopened an incident',
    'POST /manual-queue/:/registration': 'Registered a ticket number',
    'POST /manual-queue/:/notes-done': 'Wrote a note at the desk',
    'POST /manual-queue/:/send-again': 'Had it sent again',
    'POST /maintenance-windows': 'Planned maintenance',
    'POST /maintenance-windows/preview': 'Looked at what a window would hide',
    'POST /silences/preview': 'Looked at what a silence would hide',
    'DELETE /maintenance-windows/:': 'Cancelled maintenance',
    'POST /silences': 'Made a silence',
    'DELETE /silences/:': 'Ended a silence',
    'POST /channels/:/test': 'Tested a channel',
  },
};

export const auditWords = { pt, en };

/** `POST /api/v1/incidents/:id/notes` -> the words for it; anything unknown as it came. */
export function auditAction(words: AuditWords, action: string): string {
  const key = action.replace(/^(\S+ )\/api\/v1/, '$1').replace(/\/:[^/]+/g, '/:');
  return wordFor(words.actions, key) ?? action;
}

function wordFor(words: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(words, key) ? words[key] : undefined;
}

/** `409 login="ana"` -> that it was refused and the fields; of what was done only the fields. */
export function auditDetail(words: AuditWords, detail: string): string {
  const [, status, fields] = /^([1-5]\d\d)(?: (.*))?$/s.exec(detail) ?? [];
  if (status === undefined) return wordFor(words.because, detail) ?? detail;
  const parts = [isRefusal(status) ? words.refused(status) : '', fields ?? ''];
  return parts.filter((part) => part !== '').join(' · ');
}

/** A request was answered with no, by the first word of what came of it. */
export function isRefusal(detail: string): boolean {
  return /^[45]\d\d\b/.test(detail);
}
