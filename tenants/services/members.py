"""Who belongs to a plant: people are let in, get another role, and are sent away."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from secrets import token_hex
from typing import Any

from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone as clock

from amis.errors import Conflict, Invalid, NotFound
from tenants import live, rates
from tenants.models import AccessLog, ApiToken, Membership, Role, Tenant, User
from tenants.permissions import Place
from tenants.services.audit import note
from tenants.services.invitations import invite
from tenants.services.people import create_user, grant_role

LONGEST_NAME, LONGEST_EMAIL = 150, 254
RESERVED_NAMES = frozenset({"grant-access"})
"""User names that would be taken for another address of the API."""
UNPRINTABLE = frozenset({"Cc", "Cs", "Zl", "Zp"})
NO_SUCH_MEMBER = "Nobody with this user_id belongs to this plant."


@dataclass(frozen=True, slots=True)
class Access:
    """What is asked for: an account by its user name and e-mail address, and a role."""

    user_id: str
    user_name: str
    user_email: str
    role: str


@dataclass(frozen=True, slots=True)
class Granted:
    """`created`: the person was no member before; `invited`: a mail asks for a first password."""

    user: User
    role: str
    created: bool
    invited: bool


def access_of(values: Mapping[str, Any]) -> Access:
    """The four fields, cleaned. Raises Invalid with every fault."""
    faults: list[tuple[str, str]] = []
    texts = {field: _text(field, values.get(field), faults) for field in Access.__slots__}
    texts["user_email"] = texts["user_email"].lower()
    texts["user_id"] = User.normalize_username(texts["user_id"])
    faulty = {field for field, _ in faults}
    faults += [
        (field, message)
        for field, message in _wrong(Access(**texts)).items()
        if field not in faulty
    ]
    if faults:
        raise Invalid.fields(faults)
    return Access(**texts)


def grant_access(*, place: Place, by: User, access: Access) -> Granted:
    """Give a person a role in the plant, or change it; who has no account gets one and a mail.

    Raises NotAllowed where the new or the present role is above that of `by`, and Conflict where
    name and address are not of one account or the plant would lose its last administrator, and
    TooMany for a flood of invitations.
    """
    place.require_rank(access.role)
    try:
        with transaction.atomic():
            _one_at_a_time(place)
            user = _account(access)
            created = _give(place, user, access.role, by=by)
            invited = created and not user.has_usable_password()
            if invited:
                rates.check_invitations(place.tenant.schema_name)
    except IntegrityError as error:
        raise Conflict("Somebody else did the same just now; look again.") from error
    if invited:
        invite(user=user, tenant=place.tenant, by=by)
    return Granted(user, access.role, created, invited)


def change_role(*, place: Place, by: User, user_id: str, role: str) -> User:
    """Give a member another role. Raises Invalid and NotFound, and else as `grant_access`."""
    if role not in Role.values:
        raise Invalid(f"role: must be one of {', '.join(Role.values)}.")
    place.require_rank(role)
    with transaction.atomic():
        _one_at_a_time(place)
        user = _membership(place, user_id).user
        _give(place, user, role, by=by)
    return user


def revoke_access(*, place: Place, by: User, user_id: str) -> User:
    """Take a person's role and keys in the plant; open pages close within two seconds.

    Raises NotFound for who is no member, and NotAllowed and Conflict as `grant_access`.
    """
    with transaction.atomic():
        _one_at_a_time(place)
        membership = _membership(place, user_id)
        user = membership.user
        _may_touch(place, membership, by=by)
        membership.delete()
        living = ApiToken.objects.filter(tenant=place.tenant, user=user, revoked_at__isnull=True)
        living.update(revoked_at=clock.now())
        _note(AccessLog.Action.ROLE_REVOKED, place, by, f"{user.email}: {membership.role}")
        schema = place.tenant.schema_name
        transaction.on_commit(lambda: live.doubt(schema, user.pk))
    return user


def invite_again(*, place: Place, by: User, user_id: str) -> User:
    """Mail a new link to a member who has not chosen a password yet. Raises NotFound."""
    user = _membership(place, user_id).user
    if user.has_usable_password():
        raise Conflict(f"{user.email} has chosen a password already.")
    rates.check_invitations(place.tenant.schema_name)
    invite(user=user, tenant=place.tenant, by=by)
    return user


def name_for(email: str) -> str:
    """The user name of who has this address; else one that is free, made of the address."""
    known = User.objects.filter(email__iexact=email.strip()).first() if "\0" not in email else None
    if known is not None:
        return known.username
    name = re.sub(r"[^\w.+-]", "", email.partition("@")[0])[:100]
    taken = name.lower() in RESERVED_NAMES or User.objects.filter(username__iexact=name).exists()
    return f"{name}-{token_hex(3)}" if taken else name


def is_username(text: str) -> bool:
    """Whether an account may have this name; nothing else is ever asked of the database."""
    try:
        UnicodeUsernameValidator()(text)
    except ValidationError:
        return False
    return 0 < len(text) <= LONGEST_NAME


def _text(field: str, value: Any, faults: list[tuple[str, str]]) -> str:
    text = value.strip() if isinstance(value, str) else None
    if not text:
        faults.append((field, "must be text" if value and text is None else "is missing"))
    elif any(unicodedata.category(character) in UNPRINTABLE for character in text):
        faults.append((field, "holds a control character"))
    return text or ""


def _wrong(access: Access) -> dict[str, str]:
    """Field → what is wrong with it."""
    faults = {}
    if not is_username(access.user_id) or access.user_id.lower() in RESERVED_NAMES:
        faults["user_id"] = f"at most {LONGEST_NAME} letters, digits and @ . + - _"
    if len(access.user_name) > LONGEST_NAME:
        faults["user_name"] = f"longer than {LONGEST_NAME} characters"
    try:
        validate_email(access.user_email)
    except ValidationError:
        faults["user_email"] = "is not an e-mail address"
    if len(access.user_email) > LONGEST_EMAIL:
        faults["user_email"] = f"longer than {LONGEST_EMAIL} characters"
    if access.role not in Role.values:
        faults["role"] = f"must be one of {', '.join(Role.values)}"
    return faults


def _account(access: Access) -> User:
    """The account of that name and address, or a new one. An account is never changed here, and
    nobody learns the address of another's.
    """
    known = User.objects.filter(email__iexact=access.user_email).first()
    if known is not None and known.username == access.user_id:
        return known
    if known is not None or User.objects.filter(username__iexact=access.user_id).exists():
        raise Conflict(
            "This user_id and this e-mail address do not belong together; one of them is taken."
        )
    names = {"username": access.user_id, "first_name": access.user_name}
    return create_user(email=access.user_email, **names)


def _give(place: Place, user: User, role: str, *, by: User) -> bool:
    """Whether the person is new in the plant."""
    own = _memberships(place).filter(user=user).first()
    if own is None and user.is_superuser:
        place.require_rank(Role.ADMIN)
    if own is not None and own.role == role:
        return False
    if own is not None:
        _may_touch(place, own, by=by)
    grant_role(user=user, tenant=place.tenant, role=role)
    was = f"{own.role} → " if own else ""
    _note(AccessLog.Action.ROLE_GRANTED, place, by, f"{user.email}: {was}{role}")
    return own is None


def _may_touch(place: Place, membership: Membership, *, by: User) -> None:
    """Raises NotAllowed for a role above one's own, Conflict for the last administrator, whom only
    the platform's may take away.
    """
    place.require_rank(membership.highest_role)
    if membership.role != Role.ADMIN or by.is_superuser:
        return
    admins = _memberships(place).filter(role=Role.ADMIN, user__is_active=True)
    if not admins.exclude(pk=membership.pk).exists():
        raise Conflict("This is the plant's last administrator; name another one first.")


def _one_at_a_time(place: Place) -> None:
    """Changes of a plant's people wait for each other, so that two administrators cannot take each
    other away.
    """
    list(Tenant.objects.select_for_update(no_key=True).filter(pk=place.tenant.pk).values("pk"))


def _membership(place: Place, user_id: str) -> Membership:
    name = User.normalize_username(user_id)
    found = _memberships(place).filter(user__username=name).first() if is_username(name) else None
    if found is None:
        raise NotFound(NO_SUCH_MEMBER)
    return found


def _memberships(place: Place) -> QuerySet[Membership]:
    return Membership.objects.filter(tenant=place.tenant).select_related("user")


def _note(action: AccessLog.Action, place: Place, by: User, about: str) -> None:
    note(action, user=by, tenant_id=place.tenant.tenant_id, about=about)
