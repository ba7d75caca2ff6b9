// Words of the own account: password and second factor. Portuguese first; English has the same keys by type.
import { limits } from '../../../../shared/limits.ts';

const { passwordCharsMin } = limits;

const pt = {
  none: 'Você entrou sem conta própria, por link ou token: não há senha nem segundo fator para cuidar aqui.',
  elsewhere: 'Você entra com a conta da empresa: a senha dela se troca lá, não aqui.',
  facts: {
    login: 'Usuário',
    name: 'Nome',
    role: 'Papel',
    customers: 'Clientes',
    until: 'Sessão até',
  },
  password: {
    title: 'Senha',
    current: 'Senha atual',
    currentError: 'Senha atual incorreta.',
    next: 'Nova senha',
    hint: `Pelo menos ${passwordCharsMin} caracteres, diferente do usuário. Uma frase serve bem.`,
    nextError: `Use pelo menos ${passwordCharsMin} caracteres, diferentes do usuário.`,
    submit: 'Trocar senha',
    done: 'Senha trocada. As outras sessões desta conta foram encerradas.',
  },
  totp: {
    title: 'Segundo fator',
    off: 'Inativo. Com ele, quem descobrir a senha ainda não entra: é preciso um código do seu celular.',
    on: 'Ativo: ao entrar, o Vigia pede um código do aplicativo autenticador.',
    begin: 'Ativar segundo fator',
    step1:
      '1. No aplicativo autenticador (por exemplo Google Authenticator, Aegis ou 1Password), adicione uma conta lendo este código ou digitando a chave:',
    picture: 'Código QR com a chave do segundo fator; a mesma chave está escrita em seguida',
    noPicture: 'O código QR não carregou. Digite a chave.',
    secret: 'Chave',
    type: 'Tipo: baseado em tempo (TOTP), 6 dígitos, 30 segundos.',
    open: 'Abrir no aplicativo deste aparelho',
    step2: '2. Digite o código que o aplicativo mostra:',
    code: 'Código de 6 dígitos',
    codeError: 'Código não aceito. Confira a chave e o relógio do celular.',
    confirm: 'Confirmar',
    recoveryTitle: 'Segundo fator ativo: guarde os códigos de recuperação',
    recoveryMeaning:
      'Cada um vale uma vez no lugar do código, se o celular se perder. Não serão mostrados de novo.',
    recoveryList: 'Códigos de recuperação',
    kept: 'Já guardei os códigos',
    removePassword: 'Sua senha, para desligar',
    remove: 'Desligar segundo fator',
    removed: 'Segundo fator desligado.',
    byAdministrator: 'Para desligar, peça a um administrador.',
    passwordError: 'Senha incorreta.',
  },
};

const en: typeof pt = {
  none: 'You signed in without an account of your own, by a link or token: there is no password and no second factor here.',
  elsewhere: 'You sign in with the company account: its password is changed there, not here.',
  facts: {
    login: 'User name',
    name: 'Name',
    role: 'Role',
    customers: 'Customers',
    until: 'Session until',
  },
  password: {
    title: 'Password',
    current: 'Current password',
    currentError: 'The current password is wrong.',
    next: 'New password',
    hint: `At least ${passwordCharsMin} characters, other than the user name. A sentence does well.`,
    nextError: `Use at least ${passwordCharsMin} characters, other than the user name.`,
    submit: 'Change the password',
    done: 'Password changed. Other sessions of this account were ended.',
  },
  totp: {
    title: 'Second factor',
    off: 'Off. With it, who learns the password still cannot sign in: a code of your telephone is needed.',
    on: 'On: at sign-in Vigia asks for a code of the authenticator app.',
    begin: 'Turn the second factor on',
    step1:
      '1. In the authenticator app (Google Authenticator, Aegis or 1Password, for example), add an account by scanning this code or typing the key:',
    picture: 'QR code with the key of the second factor; the same key follows as text',
    noPicture: 'The QR code did not load. Type the key.',
    secret: 'Key',
    type: 'Kind: time based (TOTP), 6 digits, 30 seconds.',
    open: 'Open in the app of this device',
    step2: '2. Type the code that the app shows:',
    code: 'Code of 6 digits',
    codeError: "Code not accepted. Check the key and the telephone's clock.",
    confirm: 'Confirm',
    recoveryTitle: 'Second factor is on: keep the recovery codes',
    recoveryMeaning:
      'Each works once in place of the code, should the telephone get lost. They are not shown again.',
    recoveryList: 'Recovery codes',
    kept: 'I have kept the codes',
    removePassword: 'Your password, to turn it off',
    remove: 'Turn the second factor off',
    removed: 'The second factor is off.',
    byAdministrator: 'To turn it off, ask an administrator.',
    passwordError: 'The password is wrong.',
  },
};

export const ownWords = { pt, en };
