"""What a stage has asked of vendors, noted as it is answered: a failed answer is paid for too."""

from decimal import Decimal

from evaluations.core.shapes import Shape

_MICRO = Decimal("0.000001")


class Charge(Shape):
    """One answered request. ``prompt`` names the version of the instructions it was asked with."""

    vendor: str
    model: str
    request_id: str = ""
    prompt: str = ""
    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: Decimal = Decimal(0)


class Bill:
    """The charges of one stage, kept whatever becomes of it."""

    def __init__(self) -> None:
        self.charges: list[Charge] = []

    def add(self, charge: Charge) -> None:
        self.charges.append(charge)

    @property
    def cost_usd(self) -> Decimal:
        total = sum((charge.cost_usd for charge in self.charges), Decimal(0))
        return total.quantize(_MICRO)
