"""Who has still to be told by mail that the policy will change: every owner with an account, once for each version."""

from engine.model.actor import Role
from engine.model.organization import Member
from engine.model.rights import Consent
from engine.privacy.versions import NOTICE, Version
from engine.store.reading import Reading


def to_tell(reading: Reading, version: Version) -> list[Member]:
    told = {
        one.member_id
        for one in reading.list(Consent, purpose=NOTICE)
        if one.version == version.number
    }
    owners = reading.list(Member, role=Role.OWNER.value)
    return [one for one in owners if one.account and one.email and one.id not in told]
