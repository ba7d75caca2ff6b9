// Words of signing in, of the account menu and of the roles: what every view with people in it needs.
// Portuguese first; English has the same keys by type.
import { limits } from '../../../shared/limits.ts';

const { passwordCharsMin } = limits;

const pt = {
  showPassword: 'Mostrar a senha',
  loading: 'Carregando…',
  role: { viewer: 'Leitura', operator: 'Operação', administrator: 'Administração' },
  roleMeaning: {
    viewer: 'vê o mural, os incidentes e os relatórios, sem mudar nada',
    operator: 'atende incidentes, agenda manutenções e silêncios, cadastra agentes',
    administrator: 'faz tudo: inventário, pessoas, tokens e canais',
  },
  allCustomers: 'Todos os clientes',
  someCustomers: (count: number) => (count === 1 ? '1 cliente' : `${count} clientes`),
  menu: {
    open: 'Sua conta',
    account: 'Minha conta',
    byLink: 'Entrou por link de uso único',
    signOut: 'Sair',
    signingOut: 'Saindo…',
    failed: 'Não foi possível sair. Tente de novo.',
  },
  field: {
    login: 'Usuário',
    loginHint: 'Letras minúsculas sem acento, números e . _ @ + -, por exemplo ana.souza',
    loginError: 'Use de 2 a 80 letras minúsculas sem acento, números ou . _ @ + -',
    name: 'Nome',
    nameHint: 'Como aparece nas linhas do tempo',
    nameError: 'Escreva o nome em uma linha, com até 80 caracteres.',
    password: 'Senha',
    newPasswordHint: `Pelo menos ${passwordCharsMin} caracteres, diferente do usuário. Uma frase serve bem.`,
    passwordError: `Use pelo menos ${passwordCharsMin} caracteres, diferentes do usuário.`,
  },
  signIn: {
    title: 'Entrar no Vigia',
    submit: 'Entrar',
    sending: 'Entrando…',
    needed: 'Preencha este campo.',
    refused: 'Usuário ou senha incorretos.',
    tooMany: 'Tentativas demais. Espere um minuto e tente de novo.',
    foreign: 'O servidor recusou o pedido: abra o painel pelo endereço oficial dele e tente de novo.',
    unreachable: 'O servidor não respondeu. Verifique a conexão e tente de novo.',
    failed: (status: number) => `O servidor não pôde atender (código ${status}). Tente de novo.`,
    unreadable: 'Painel e servidor são de versões diferentes. Recarregue a página.',
    or: 'ou',
    oidc: (name: string) => `Entrar com ${name}`,
    optionsFailed: 'O servidor não disse como entrar.',
    code: {
      title: 'Segundo fator',
      label: 'Código de verificação',
      hint: 'Os 6 dígitos que o aplicativo autenticador mostra agora.',
      recovery: 'Código de recuperação',
      recoveryHint: 'Um dos 10 códigos guardados ao ativar o segundo fator. Cada um vale uma vez.',
      useRecovery: 'Usar um código de recuperação',
      useApp: 'Usar o aplicativo autenticador',
      refused: 'Código não aceito. Cada código vale uma vez; confira também o relógio do celular.',
      as: (login: string) => `Entrando como ${login}.`,
      back: 'Voltar',
    },
    link: {
      summary: 'Entrar com um link de uso único',
      how: 'No computador onde o Vigia roda, peça um link. Ele vale 15 minutos, serve uma vez e deixa este navegador conectado por 12 horas.',
      elsewhere: 'Já abriu o link em outra aba?',
    },
  },
  setUp: {
    title: 'Primeira configuração',
    intro:
      'Ainda não há nenhuma pessoa cadastrada. Crie a conta da primeira, com papel de administração; depois disso esta tela não volta mais.',
    token: 'Token do administrador',
    tokenHint:
      'Está no arquivo data/admin-token, na pasta de dados do Vigia, no computador onde ele roda: só quem cuida desse computador pode lê-lo.',
    tokenError: 'Cole o token do arquivo data/admin-token.',
    tokenRefused: 'O token não confere com o do arquivo data/admin-token.',
    submit: 'Criar conta e entrar',
    sending: 'Criando a conta…',
    gone: 'A primeira configuração já foi feita. Entre com usuário e senha.',
  },
};

type AccountWords = typeof pt;

const en: AccountWords = {
  showPassword: 'Show the password',
  loading: 'Loading…',
  role: { viewer: 'Viewer', operator: 'Operator', administrator: 'Administrator' },
  roleMeaning: {
    viewer: 'sees the wall, incidents and reports, changes nothing',
    operator: 'attends incidents, plans maintenance and silences, enrols agents',
    administrator: 'does everything: inventory, people, tokens and channels',
  },
  allCustomers: 'All customers',
  someCustomers: (count: number) => (count === 1 ? '1 customer' : `${count} customers`),
  menu: {
    open: 'Your account',
    account: 'My account',
    byLink: 'Signed in by a one-time link',
    signOut: 'Sign out',
    signingOut: 'Signing out…',
    failed: 'Signing out failed. Try again.',
  },
  field: {
    login: 'User name',
    loginHint: 'Small letters, digits and . _ @ + -, for example ana.souza',
    loginError: 'Use 2 to 80 small letters, digits or . _ @ + -',
    name: 'Name',
    nameHint: 'As it appears in timelines',
    nameError: 'Write the name in one line of at most 80 characters.',
    password: 'Password',
    newPasswordHint: `At least ${passwordCharsMin} characters, other than the user name. A sentence does well.`,
    passwordError: `Use at least ${passwordCharsMin} characters, other than the user name.`,
  },
  signIn: {
    title: 'Sign in to Vigia',
    submit: 'Sign in',
    sending: 'Signing in…',
    needed: 'Fill this in.',
    refused: 'User name or password is wrong.',
    tooMany: 'Too many attempts. Wait a minute and try again.',
    foreign: 'The server refused the request: open the console at its official address and try again.',
    unreachable: 'The server did not answer. Check the connection and try again.',
    failed: (status: number) => `The server could not do it (code ${status}). Try again.`,
    unreadable: 'Console and server are of different releases. Reload the page.',
    or: 'or',
    oidc: (name: string) => `Sign in with ${name}`,
    optionsFailed: 'The server did not say how to sign in.',
    code: {
      title: 'Second factor',
      label: 'Verification code',
      hint: 'The 6 digits that the authenticator app shows now.',
      recovery: 'Recovery code',
      recoveryHint: 'One of the 10 codes kept when the second factor was turned on. Each works once.',
      useRecovery: 'Use a recovery code',
      useApp: 'Use the authenticator app',
      refused: "Code not accepted. Each code works once; check the telephone's clock as well.",
      as: (login: string) => `Signing in as ${login}.`,
      back: 'Back',
    },
    link: {
      summary: 'Sign in with a one-time link',
      how: 'On the machine where Vigia runs, ask for a link. It is valid for 15 minutes, works once and keeps this browser signed in for 12 hours.',
      elsewhere: 'Opened the link in another tab already?',
    },
  },
  setUp: {
    title: 'First set-up',
    intro:
      'There is no person yet. Create the account of the first one, an administrator; this screen does not come back afterwards.',
    token: "The administrator's token",
    tokenHint:
      "It lies in the file data/admin-token, in Vigia's data folder on the machine where it runs: only who looks after that machine can read it.",
    tokenError: 'Paste the token of the file data/admin-token.',
    tokenRefused: 'The token is not the one in the file data/admin-token.',
    submit: 'Create the account and sign in',
    sending: 'Creating the account…',
    gone: 'The first set-up is done already. Sign in with user name and password.',
  },
};

export const accountWords = { pt, en };
