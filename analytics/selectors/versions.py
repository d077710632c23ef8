"""Stored versions of models: which serves, since when, by whose word."""

from __future__ import annotations

from analytics.models import ModelVersion, Promotion
from analytics.selectors.outlook_shapes import Version, VersionFacts


def model_versions(task: str) -> list[Version]:
    """The stored versions of downtime, forecast or anomaly, newest first."""
    versions = ModelVersion.objects.filter(task=task).prefetch_related("promotions")
    return [_version(version) for version in versions.defer("evidence")]


def facts_of(version: ModelVersion) -> VersionFacts:
    """Since when a version serves and why."""
    promotion = version.promotions.first()
    return VersionFacts(
        number=version.number,
        since=promotion.at if promotion else None,
        promoted_by=promotion.by if promotion else "",
        why=promotion.why if promotion else "",
    )


def _version(version: ModelVersion) -> Version:
    promotions: list[Promotion] = list(version.promotions.all())
    newest = promotions[0] if promotions else None
    ours = version.metrics.get("ours", {})
    naive = version.metrics.get("naive", {})
    span = version.data_to - version.data_from if version.data_from and version.data_to else None
    return Version(
        pk=version.pk,
        number=version.number,
        task=version.task,
        status=version.status,
        trained_at=version.as_of,
        history_days=span.days if span else 0,
        error=ours.get("error"),
        naive_error=naive.get("error"),
        unit=version.metrics.get("unit", ""),
        in_80=ours.get("coverage_80"),
        in_95=ours.get("coverage_95"),
        promoted_at=newest.at if newest else None,
        promoted_by=newest.by if newest else "",
        why=newest.why if newest else str(version.verdict.get("reason", "")),
    )
