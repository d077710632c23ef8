"""The pieces from which the OpenAPI shapes of answers are made; the views build plain dicts."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

Shape = type[serializers.Serializer[Any]]


def number() -> serializers.FloatField:
    """A figure; null where it is not defined or not known."""
    return serializers.FloatField(allow_null=True)


def shape(title: str, /, **fields: serializers.Field) -> Shape:
    """A serializer whose keys may be Python keywords, such as `from` and `yield`."""
    return type(title, (serializers.Serializer,), fields)


def page(title: str, row: Shape, /) -> Shape:
    """The envelope of every list."""
    return shape(
        title,
        count=serializers.IntegerField(),
        next=serializers.URLField(allow_null=True),
        previous=serializers.URLField(allow_null=True),
        results=row(many=True),
    )


def text() -> serializers.CharField:
    return serializers.CharField()


def moment() -> serializers.DateTimeField:
    return serializers.DateTimeField(allow_null=True)
