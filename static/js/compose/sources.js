/* What a producer can write about, and with what it is offered: the names of engine/clients/sources, a pace that suits
 * them, and how many of a hundred events are late or come twice. sample: what one looks like; `{key}` is the key. */

export const SOURCES = {
  purchases: { rate: 1, late: 0, repeated: 0, key: 'cliente-5', sample: '{"cliente": "{key}", "produto": "café", "valor": 37.8}' },
  temperatures: {
    rate: 2, late: 6, repeated: 3, key: 'sensor-07',
    sample: '{"sensor": "{key}", "local": "padaria", "leitura": 12, "celsius": 31.4, "umidade": 38, "bateria": 93, "medido_em": "2026-11-23T13:05:07.120Z"}',
  },
  monitors: {
    rate: 4, late: 2, repeated: 1, key: 'leito-4',
    sample: '{"leito": "{key}", "bpm": 131, "spo2": 96, "pressao": "128/80", "temperatura": 36.8, "alarme": "taquicardia", "medido_em": "2026-11-23T13:05:07.120Z"}',
  },
  ticks: {
    rate: 20, late: 1, repeated: 1, key: 'CAFE3',
    sample: '{"ativo": "{key}", "negocio": 1042, "preco": 62.31, "quantidade": 300, "lado": "compra", "hora": "2026-11-23T13:05:07.120Z"}',
  },
  clicks: {
    rate: 5, late: 4, repeated: 2, key: 'visitante-10',
    sample: '{"visitante": "{key}", "visita": 2, "acao": "ver", "pagina": "/produto/goiabada", "veio_de": "/busca", "aparelho": "celular", "hora": "2026-11-23T13:05:07.120Z"}',
  },
  rows: { rate: 1, late: 0, repeated: 0, key: '', sample: '' },
};

export const MISHAPS_MAX = 90; // percent
