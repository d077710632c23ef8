"""Who may enter a plant, and which plants somebody may enter."""

from __future__ import annotations

from typing import Any, ClassVar

from django_tenants.utils import schema_context
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from amis.errors import NotFound
from tenants import selectors
from tenants.api.plants import object_of
from tenants.api.platform import PlatformView, is_platforms
from tenants.api.view import PlantView
from tenants.api.wire import shape, text
from tenants.models import Role, Scope, User
from tenants.permissions import Action, PlatformAction, require_scope
from tenants.services.members import access_of, grant_access, is_username, revoke_access

NO_SUCH_USER = "There is no such user, or you may not see where this user may go."
RoleField = serializers.ChoiceField
AccessAsked = shape(
    "AccessAsked",
    user_id=text(),
    user_name=text(),
    user_email=serializers.EmailField(),
    role=RoleField(Role.choices),
)
AccessOut = shape(
    "Access",
    user_id=text(),
    tenant_id=text(),
    role=RoleField(Role.choices),
    created=serializers.BooleanField(),
    invited=serializers.BooleanField(),
)
UserPlantOut = shape(
    "UserPlant", tenant_id=text(), tenant_name=text(), role=RoleField(Role.choices)
)
UserPlantsOut = shape("UserPlants", user_id=text(), tenants=UserPlantOut(many=True))


class PeopleView(PlantView):
    """A door of a plant to what lies in the public schema, where the plant's role sees nothing."""

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        with schema_context("public"):
            return super().dispatch(request, *args, **kwargs)


class GrantAccess(PeopleView):
    """Give a person a role in this plant, or change it."""

    needs: ClassVar = {"POST": Action.MANAGE_PEOPLE}

    @extend_schema(operation_id="users_grant_access", request=AccessAsked, responses=AccessOut)
    def post(self, request: Request) -> Response:
        access = access_of(object_of(request))
        granted = grant_access(place=request.place, by=request.user, access=access)
        body = {
            "user_id": granted.user.username,
            "tenant_id": request.place.tenant.tenant_id,
            "role": granted.role,
            "created": granted.created,
            "invited": granted.invited,
        }
        return Response(body)


class MemberDetail(PeopleView):
    """One person's role in this plant."""

    needs: ClassVar = {"DELETE": Action.MANAGE_PEOPLE}

    @extend_schema(
        operation_id="users_revoke_access",
        responses={204: OpenApiResponse(description="No role, and no living token or page here.")},
    )
    def delete(self, request: Request, user_id: str) -> Response:
        revoke_access(place=request.place, by=request.user, user_id=user_id)
        return Response(status=204)


class UserTenants(PlatformView):
    """The plants in which a person has a role: for that person and for platform administrators."""

    @extend_schema(operation_id="user_tenants", responses=UserPlantsOut)
    def get(self, request: Request, user_id: str) -> Response:
        if request.auth is not None:
            require_scope(request.auth.scopes, Scope.READ)
        asked = self._asked(request, User.normalize_username(user_id))
        key = request.auth if asked == request.user else None
        places = selectors.roles_of(asked, token=key)
        plants = [
            {"tenant_id": plant.tenant_id, "tenant_name": plant.tenant_name, "role": role}
            for plant, role in places
        ]
        return Response({"user_id": asked.username, "tenants": plants})

    def _asked(self, request: Request, user_id: str) -> User:
        """Raises the same NotFound for a foreign and an unknown person."""
        if user_id == request.user.username:
            return request.user
        found = None
        may_see = is_platforms(request, PlatformAction.MANAGE_PLANTS, scope=Scope.READ)
        if may_see and is_username(user_id):
            found = User.objects.filter(username=user_id).first()
        if found is None:
            raise NotFound(NO_SUCH_USER)
        return found
