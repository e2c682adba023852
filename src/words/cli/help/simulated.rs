//! The faults and the control interface of the portal's double: what may be typed stays, its meaning is said.

pub(super) const AFTER: &str = "\
Falhas:
FALHAS = FALHA[,FALHA...]      FALHA = TIPO[=VALOR][@LUGAR][#PERITO][:VEZES]

TIPO, com o seu VALOR se o recebe. Em qualquer lugar:
  latency=300ms     a resposta demora
  500, 503, 429...  um código de erro, de 400 a 599; 429=30: com Retry-After
  reset             a conexão é cortada antes de qualquer resposta
  answer-lost       o pedido vale, e depois a conexão é cortada
  truncated[=BYTES] o corpo acaba antes do tamanho anunciado (padrão: metade)
  cut[=BYTES]       a página acaba cedo, numa resposta inteira (padrão: metade)
  slow=BYTES        o corpo vem a tantos bytes por segundo
  oversized[=BYTES] um corpo deste tamanho, sem anúncio (padrão 32000000)
  gzip-bomb[=BYTES] um corpo gzip pequeno que fica deste tamanho (idem)
  captcha           um CAPTCHA no lugar da página
  maintenance       uma página de manutenção no lugar da página, código 200
  firewall[=STATUS] a página do firewall com o seu incidente (padrão 200)
  firewall-frame    uma página que é só o quadro do firewall
  firewall-script   uma página que é só o script do firewall
  redirect-loop     desvios sem fim
  foreign-redirect[=HOST]
                    um desvio para outro servidor (padrão portal.invalid)
  meta-refresh      antes, uma página que se recarrega; quem a segue chega bem
  layout            agenda: campos com outro nome; login: sem o formulário de
                    busca; result: colunas com outro nome
  twin-forms        agenda, login: antes vem outro formulário de mesmo nome
Respostas a CPF e senha:
  wrong-password    recusados, com o texto em errors[]
  refused-silently  recusados, de novo a página de entrada, sem uma palavra
  refused-redirect  recusados por um desvio cujo endereço traz o texto
  refused-alert     recusados por uma chamada de alert
  blocked           recusados: conta bloqueada
  change-password   recusados até que a senha seja trocada
  unknown-after-password
                    uma página que ninguém conhece
  odd-dialog[=HOW]  a chamada que abre um diálogo é escrita de modo estranho:
                    double (aspas, o padrão), hex (escapes), attribute (do
                    corpo), spaces, lines, defined (depois de uma definição)
  choice-empty      a escolha de uma unidade não oferece nenhuma
  choice-profiles   a escolha de uma unidade pede também um perfil
Listas e dias:
  expired           a sessão morre
  taken             o perito entra pelo seu próprio navegador
  list-ignores-reference
                    a mesma lista, seja qual for a data de referência
  empty-list        uma lista sem datas
  not-json          uma lista que se interrompe
  not-a-list        JSON, mas um objeto
  far-date          uma lista com uma data do mês seguinte a mais
  page-as-list[=BYTES]
                    uma página no lugar da lista (padrão 5000000)
  dates-for-all-units
                    uma lista das datas de todas as unidades do perito
  empty-table       uma tabela de resultados sem linhas e sem explicação
  wrong-date        o resultado de outro dia
  no-date           um resultado que não diz a sua data
  unknown-status    na primeira linha, uma situação de que ninguém ouviu falar
  duplicate-rows    cada linha duas vezes
  malformed-rows    horas 9h30 e 25:99, um CPF de dez algarismos
LUGAR: any (qualquer um, o padrão), entry, agenda (a página de entrada da
  agenda), login (envios de CPF e senha), choice, dates, result, logout, script
PERITO: um índice, a partir de 0 (padrão: todos)
VEZES: 5% (com esta probabilidade), 3 (os três próximos pedidos em que cabe),
  nada (sempre)

Exemplo: 500:5%,latency=300ms,reset:1%,wrong-date@result:2,captcha@login#3:1

Comandos (JSON; N: índice do perito, D: 2026-11-24):
  GET  /examiners           CPFs, senhas, unidades
  PUT  /examiners/N/senha   {\"senha\":\"...\"}; também desfaz um bloqueio
  GET  /agenda?from=D&to=D  a verdade, de todos os peritos
  GET  /agenda/N?from=D&to=D
  PUT  /agenda/N/UNIT/D     [agendamentos]: o dia inteiro, nesta ordem
  POST /faults              {\"faults\":\"500:5%\"}
  GET  /faults              as que há, e quantas vezes cada uma agiu
  DELETE /faults            nenhuma falha mais
  GET  /sessions            quem entrou, desde quando, para que unidade: por um
                            cliente ou o próprio perito
  POST /sessions/expire     todas, ou {\"examiner\":N}
  GET  /stats               pedidos, entradas, recusas, conexões";
