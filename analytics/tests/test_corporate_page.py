"""`/corporate/` as people meet it: who comes in, what is worst, what is old, what is missing."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

import pytest
from django.test import Client
from django.utils.html import strip_tags
from django_tenants.utils import tenant_context

from amis.tests.calls import BASE, CHICAGO
from analytics.figures.gap import daily_line
from analytics.kpis.rollup import Sums
from analytics.selectors.corporate import PlantSums
from analytics.services.publishing import publish
from analytics.tests.test_publishing import NOW, one_record
from analytics.views.corporate_rows import all_plants, found, plant_rows, with_target
from production.live import bump_data_version
from production.shopfloor.window import Window
from production.tests.factories import make_machine
from tenants.models import AccessLog, PublishedPlant, PublishedShift, Tenant


def shifts(good: float, hours: float = 8) -> Sums:
    return Sums(pot_s=hours * 3600, pbt_s=hours * 3600, apt_s=hours * 3000, adet_s=hours * 600,
                pq=good, gq=good, ideal_produced_s=good * 60, ideal_good_s=good * 60,
                records=1)  # fmt: skip


def plant_of(name: str, sums: Sums, target: float | None, *, zone="UTC", age_s=5.0) -> PlantSums:
    tenant = Tenant(pk=len(name), schema_name=name.lower(), tenant_name=name, timezone=zone)
    window = Window.of_days(7, now=NOW, timezone=zone)
    targets = {} if target is None else {"oee": target}
    return PlantSums(tenant, window, sums, 1, NOW - timedelta(seconds=age_s), targets)


PUNE = plant_of("Pune", shifts(343), 0.8, zone="Asia/Kolkata")
CHICAGO_PLANT = plant_of("Chicago", shifts(398), 0.85, zone="America/Chicago")
OSAKA = plant_of("Osaka", shifts(430, hours=16), 0.4, zone="Asia/Tokyo", age_s=121)
NEW = plant_of("Bergen", Sums(), None)


def test_the_farthest_below_its_target_is_first_and_the_unknown_last():
    rows = plant_rows([NEW, OSAKA, CHICAGO_PLANT, PUNE], {}, now=NOW)["rows"]
    assert [row["plant"].tenant_name for row in rows] == ["Pune", "Chicago", "Osaka", "Bergen"]
    assert [row["figures"].gap for row in rows] == ["\u22128.5", "\u22122.1", "+4.8", ""]


def test_amber_begins_beyond_five_points():
    far = [
        plant_rows([plant_of("A", shifts(good), 0.8)], {}, now=NOW)["rows"][0]["figures"].is_far
        for good in (360.0, 359.0, 480.0)
    ]
    assert far == [False, True, False]


def test_all_plants_are_sums_first_and_their_target_is_weighted_by_minutes():
    total = all_plants([PUNE, OSAKA])
    assert total.oee == pytest.approx((343 + 430) / (480 + 960))
    assert total.target == pytest.approx((0.8 * 480 + 0.4 * 960) / 1440)
    assert total.lost_min == pytest.approx(1440 - 343 - 430)
    assert all_plants([NEW]).gap == ""


def test_a_plant_without_a_target_is_left_out_where_targets_count():
    oslo = plant_of("Oslo", shifts(300), None)
    assert with_target([PUNE, oslo, NEW]) == [PUNE]
    assert all_plants(with_target([PUNE, oslo, NEW])).gap == "\u22128.5"
    assert all_plants([PUNE, oslo]).oee == pytest.approx((343 + 300) / 960)


def test_the_day_is_named_only_where_it_differs():
    late = datetime.fromisoformat("2026-11-04T17:20:00+00:00")
    rows = plant_rows([PUNE, OSAKA, CHICAGO_PLANT], {}, now=late)["rows"]
    assert {r["plant"].tenant_name: r["is_other_day"] for r in rows} == {
        "Pune": False,
        "Osaka": True,
        "Chicago": False,
    }


def test_the_finding_names_the_worst_and_counts():
    told = plant_rows([PUNE, OSAKA, CHICAGO_PLANT], {}, now=NOW)["rows"]
    assert found(told) == (
        "Pune is 8.5 points under its target. 2 of 3 plants with a target are under it."
    )
    assert found(plant_rows([OSAKA], {}, now=NOW)["rows"]) == (
        "Every plant with a target reaches it."
    )
    assert found(plant_rows([NEW], {}, now=NOW)["rows"]) == ""


def test_a_day_without_a_value_breaks_the_line_and_a_single_day_is_a_dot():
    whole = daily_line([0.8, 0.7, 0.9], 0.85, [0.5, 1.0], title="Days")
    broken = daily_line([0.8, 0.7, None, 0.9], 0.85, [0.5, 1.0], title="Days")
    assert whole.count("<path") == 1
    assert broken.count("<path") == 2
    assert broken.count("<circle") == whole.count("<circle") + 1


@pytest.fixture
def published(db, chicago, lyon, at):
    at(NOW)
    with tenant_context(chicago):
        machine = make_machine()
        for day in (29, 30, 31):
            one_record(machine, date(2026, 10, day))
        bump_data_version("plant_chicago")
    for tenant in (chicago, lyon):
        with tenant_context(tenant):
            publish(NOW)


def look(client: Client, query: str = "", status: int = 200) -> str:
    answer = client.get(f"/corporate/?{query}")
    assert answer.status_code == status
    return answer.content.decode()


def words(page: str) -> str:
    return re.sub(r"\s+", " ", strip_tags(page))


def test_the_page_tells_of_every_plant_and_is_written_down(published, person, client_of):
    page = look(client_of(person("carol", corporate=True)), "days=30")
    rows = re.findall(r'<tr data-tenant-id="(\w+)"', page)
    assert rows == ["plant_chicago", "plant_lyon"]
    assert "No planned busy time in this window" in words(page)
    assert 'aria-current="true">30' in page
    assert "/accounts/go/" not in page
    (line,) = AccessLog.objects.filter(action="corporate_viewed")
    assert line.about == "days=30, plants: 2"


def test_members_see_their_own_and_may_enter_it(published, alice, client_of):
    page = look(client_of(alice))
    assert re.findall(r'<tr data-tenant-id="(\w+)"', page) == ["plant_chicago"]
    assert 'href="/accounts/go/plant_chicago/"' in page


def test_who_has_no_plant_is_refused_and_strangers_are_sent_to_sign_in(db, person, client_of):
    assert "corporate view" in look(client_of(person("nobody")), status=403)
    answer = Client(HTTP_HOST=BASE).get("/corporate/?days=30")
    assert answer["Location"].startswith("/accounts/login/?next=/corporate/")


def test_there_is_no_such_page_on_a_plants_host(published, alice, client_of, chicago):
    assert client_of(alice, chicago).get("/corporate/", HTTP_HOST=CHICAGO).status_code == 404


def test_figures_that_nobody_renewed_are_marked(published, person, client_of, at):
    client = client_of(person("carol", corporate=True))
    assert "Not up to date" not in look(client)
    at(NOW + timedelta(seconds=121))
    PublishedPlant.objects.filter(tenant="plant_lyon").update(
        published_at=NOW + timedelta(seconds=110)
    )
    page = words(look(client))
    assert "Not up to date: Chicago." in page
    assert "2 min ago" in page.replace("\u00a0", " ")


def test_a_plant_that_never_published_is_said_to_be_so(published, person, client_of):
    PublishedShift.objects.all().delete()
    PublishedPlant.objects.all().delete()
    page = look(client_of(person("carol", corporate=True)))
    assert page.count("circle-dashed") == 2


def test_without_any_plant_the_page_says_what_comes(db, person, client_of):
    Tenant.objects.update(status=Tenant.Status.SUSPENDED)
    assert "There is no plant yet" in look(client_of(person("carol", corporate=True)))


def test_a_wrong_window_is_named_and_no_figure_is_shown(published, person, client_of):
    page = look(client_of(person("carol", corporate=True)), "days=400", status=400)
    assert "days: must be a whole number from 1 to 365" in words(page)
    assert "<table" not in page


@pytest.mark.parametrize("at_midnight", ["", "T00:00:00Z"])
def test_any_window_can_be_in_the_address(published, person, client_of, at_midnight):
    query = f"from=2026-10-29{at_midnight}&to=2026-10-31{at_midnight}"
    page = words(look(client_of(person("carol", corporate=True)), query))
    assert "29 Oct 2026" in page
    assert "710" in page


def test_the_chooser_and_the_rail_lead_there_for_those_who_may(
    published, person, alice, client_of, chicago
):
    carol = person("carol", corporate=True, chicago="manager")
    assert 'href="/corporate/"' in client_of(carol).get("/accounts/plants/").content.decode()
    assert 'href="/corporate/"' in client_of(alice).get("/accounts/plants/").content.decode()
    nobody = client_of(person("nobody"))
    assert "/corporate/" not in nobody.get("/accounts/plants/").content.decode()
    there = 'href="http://amis.localhost/corporate/"'
    assert there in client_of(carol, chicago).get("/settings/").content.decode()
    assert "/corporate/" not in client_of(alice, chicago).get("/settings/").content.decode()
