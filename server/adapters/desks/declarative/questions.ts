// What the NOC asks the vendor of a ticket system before Vigia may open tickets in it. Printed by `desk doctor` ready to
// paste into an e-mail; Portuguese, because that is who reads it.

export const vendorQuestions: readonly string[] = [
  'Qual é o endereço do nosso ambiente (domínio, com HTTPS) e a nossa sigla?',
  'Existe web service ou API para ABRIR um chamado no Help Desk? Qual a URL, o método, os campos obrigatórios e a codificação (UTF-8 ou ISO-8859-1)? Podem enviar um exemplo de requisição e de resposta, também de uma recusada?',
  'Como se autentica (servicekey, usuário, IP)? Dá para restringir a chave só a chamados?',
  'Quais são os códigos de prioridade ou urgência, setor, categoria, empresa e usuário solicitante?',
  'A resposta da abertura devolve o número do chamado? Em que formato?',
  'Existe um campo livre ou personalizado para guardar um identificador externo? Dá para pesquisar chamados por ele, ou pelo assunto, incluindo os já concluídos? A pesquisa enxerga na hora um chamado recém-aberto?',
  'Como consultar a situação de um chamado, incluir nota interna, mudar a prioridade, concluir e reabrir por web service? Quais são as situações possíveis?',
  'Existe webhook (aviso de mudanças) ou consulta dos chamados "alterados desde" certa hora?',
  'Se a mesma requisição de abertura chegar duas vezes, são abertos dois chamados?',
  'Há limite de requisições por minuto? O que responde quando é ultrapassado?',
  'Existe abertura por e-mail? Qual o endereço de cada setor, há regra de prioridade pelo assunto, as respostas entram pelo número no assunto e e-mails automáticos são descartados?',
  'Existe um ambiente de homologação em que possamos testar?',
];
