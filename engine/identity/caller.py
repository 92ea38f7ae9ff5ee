"""Where a call comes from, before it is known who makes it."""

import ipaddress

from msgspec import Struct

from engine.api import Acting, Engine


class Caller(Struct, frozen=True, kw_only=True):
    """`device` is what the program says of itself; `address` is "" where there is no network in between."""

    device: str = ""
    address: str = ""

    @property
    def network(self) -> str:
        """What is limited as one: the address, of IPv6 the /64 that one household has (C09)."""
        try:
            found = ipaddress.ip_address(self.address)
        except ValueError:
            return self.address
        if found.version == 4:
            return str(found)
        return str(ipaddress.ip_network((found, 64), strict=False))

    def system(self, engine: Engine, tenant: str) -> Acting:
        """The tenant's own hand, for what this caller asked."""
        return engine.as_system(tenant, device=self.device, address=self.address)
