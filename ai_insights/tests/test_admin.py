"""Whether facts may leave the house is for a manager to say, in the plant's admin pages."""

from __future__ import annotations

import pytest
from django_tenants.utils import tenant_context

from ai_insights.selectors.insights import asks_model

pytestmark = pytest.mark.django_db
PAGE = "/admin/ai_insights/writerchoice/"


def test_a_manager_switches_the_language_model_off_and_on(chicago, alice, client_of):
    browser = client_of(alice, chicago)
    assert browser.get(f"{PAGE}add/").status_code == 200
    assert browser.post(f"{PAGE}add/", {}).status_code == 302
    with tenant_context(chicago):
        assert not asks_model()

    assert browser.post(f"{PAGE}1/change/", {"asks_model": "on"}).status_code == 302
    with tenant_context(chicago):
        assert asks_model()


def test_there_is_one_choice_and_it_is_not_deleted(chicago, alice, client_of):
    browser = client_of(alice, chicago)
    browser.post(f"{PAGE}add/", {})

    assert browser.get(f"{PAGE}add/").status_code == 403
    assert browser.get(f"{PAGE}1/delete/").status_code == 403


def test_an_engineer_has_no_part_in_it(chicago, person, client_of):
    browser = client_of(person("eve", chicago="engineer"), chicago)

    assert browser.get(f"{PAGE}add/").status_code == 403
