"""Visitors of a shop on the web: each goes from page to page, puts something in the cart, leaves or buys."""

from __future__ import annotations

from typing import ClassVar

from engine.clients.sources.base import Made, Source, moment
from engine.world.dice import Dice

PRODUCTS = ("cafe", "goiabada", "queijo-minas", "rapadura", "doce-de-leite", "pao-de-queijo")
DEVICES = ("celular", "celular", "celular", "notebook", "tablet")
HOME, SEARCH, PRODUCT, CART, PAYMENT, DONE = range(6)
PATHS = ("/", "/busca", "/produto/", "/carrinho", "/pagamento", "/obrigado")
ACTIONS = ("ver", "buscar", "ver", "pôr no carrinho", "pagar", "comprar")
# Where ten visitors of a page go next; -1: they leave.
NEXT = (
    (SEARCH, SEARCH, SEARCH, PRODUCT, PRODUCT, PRODUCT, PRODUCT, HOME, -1, -1),
    (PRODUCT, PRODUCT, PRODUCT, PRODUCT, PRODUCT, PRODUCT, SEARCH, SEARCH, HOME, -1),
    (CART, CART, CART, PRODUCT, PRODUCT, PRODUCT, SEARCH, HOME, -1, -1),
    (PAYMENT, PAYMENT, PAYMENT, PAYMENT, PRODUCT, PRODUCT, SEARCH, -1, -1, -1),
    (DONE, DONE, DONE, DONE, DONE, DONE, CART, CART, -1, -1),
    (-1, -1, -1, -1, -1, -1, -1, -1, HOME, HOME),
)


class Clicks(Source):
    """now: by visitor: number of the visit, page (-1: none yet) and product."""

    name: ClassVar[str] = "clicks"
    late: ClassVar[int] = 4
    repeated: ClassVar[int] = 2
    late_ms: ClassVar[tuple[int, int]] = (500, 20_000)
    few: ClassVar[tuple[int, ...]] = (1, 2, 4, 10, 13, 14, 16, 25)

    def __init__(self) -> None:
        self.now: dict[int, tuple[int, int, int]] = {}

    def event(self, dice: Dice, keys: str, at_ms: int) -> Made | None:
        number = self.pick(dice, keys)
        visit, page, product = self.now.get(number, (1, -1, 0))
        came_from = "" if page < 0 else path_of(page, product)
        if page >= 0:
            page = NEXT[page][dice.below(10)]
            if page < 0:
                visit, came_from = visit + 1, ""
        if page < 0:
            page = HOME
        if page == PRODUCT:
            product = dice.below(len(PRODUCTS))
        self.now[number] = visit, page, product
        name = f"visitante-{number}"
        origin = f'"{came_from}"' if came_from else "null"
        value = (
            f'{{"visitante": "{name}", "visita": {visit}, "acao": "{ACTIONS[page]}", '
            f'"pagina": "{path_of(page, product)}", "veio_de": {origin}, '
            f'"aparelho": "{DEVICES[number % len(DEVICES)]}", "hora": "{moment(at_ms)}"}}'
        )
        return None if keys == "none" else name.encode(), value.encode()


def path_of(page: int, product: int) -> str:
    return PATHS[page] + (PRODUCTS[product] if page == PRODUCT else "")
