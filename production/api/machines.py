"""Registering a machine."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from production.models import Machine
from production.services.machines import register_machine
from tenants.api.plants import object_of
from tenants.api.view import PlantView
from tenants.api.wire import number, shape, text
from tenants.permissions import Action

NewMachine = shape(
    "NewMachine",
    machine_id=text(),
    machine_name=text(),
    machine_type=text(),
    capacity=serializers.FloatField(),
    metadata=serializers.DictField(required=False, allow_null=True),
)
MachineOut = shape(
    "RegisteredMachine",
    machine_id=text(),
    machine_name=text(),
    machine_type=text(),
    capacity=number(),
    line=serializers.CharField(allow_null=True),
    area=serializers.CharField(allow_null=True),
    active=serializers.BooleanField(),
    metadata=serializers.DictField(),
)


class Register(PlantView):
    """Make a machine known; figures of its shifts can be submitted at once."""

    needs: ClassVar[dict[str, Action]] = {"POST": Action.CONFIGURE}

    @extend_schema(operation_id="machine_register", request=NewMachine, responses={201: MachineOut})
    def post(self, request: Request) -> Response:
        machine = register_machine(values=object_of(request))
        return Response(_registered(machine), status=201)


def _registered(machine: Machine) -> dict[str, Any]:
    return {
        "machine_id": machine.machine_id,
        "machine_name": machine.machine_name,
        "machine_type": machine.machine_type,
        "capacity": machine.capacity,
        "line": None,
        "area": None,
        "active": machine.active,
        "metadata": machine.metadata,
    }
