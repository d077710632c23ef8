"""The routes of `/accounts/`; those of django-allauth are the ones named here and no others."""

from allauth.account import views as account
from allauth.mfa.base import views as factor
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from django.urls import path, re_path
from django.views.decorators.http import require_POST
from django.views.generic import RedirectView

from tenants import account_pages, views
from tenants.account_pages import at_home
from tenants.pages.profile import profile

set_password = RedirectView.as_view(pattern_name="account_reset_password")

urlpatterns = [
    path("login/", at_home(account.login), name="account_login"),
    path("logout/", at_home(require_POST(account.logout)), name="account_logout"),
    path("reauthenticate/", at_home(account.reauthenticate), name="account_reauthenticate"),
    path("invitation/<str:text>/", at_home(account_pages.invitation), name="invitation"),
    path("password/change/", at_home(account.password_change), name="account_change_password"),
    path("password/set/", at_home(set_password), name="account_set_password"),
    path("password/reset/", at_home(account.password_reset), name="account_reset_password"),
    path(
        "password/reset/done/",
        at_home(account.password_reset_done),
        name="account_reset_password_done",
    ),
    path(
        "password/reset/key/done/",
        at_home(account.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]{1,13})-(?P<key>[-0-9A-Za-z]{1,200})/$",
        at_home(account.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path("profile/", profile, name="profile"),
    path("2fa/", at_home(factor.index), name="mfa_index"),
    path("2fa/authenticate/", at_home(factor.authenticate), name="mfa_authenticate"),
    path("2fa/reauthenticate/", at_home(factor.reauthenticate), name="mfa_reauthenticate"),
    path("2fa/totp/activate/", at_home(totp.activate_totp), name="mfa_activate_totp"),
    path("2fa/totp/deactivate/", at_home(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path(
        "2fa/recovery-codes/", at_home(recovery.view_recovery_codes), name="mfa_view_recovery_codes"
    ),
    path(
        "2fa/recovery-codes/generate/",
        at_home(recovery.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path("plants/", views.plants, name="plants"),
    path("go/<str:tenant_id>/", views.go, name="go"),
    path("enter/", views.enter, name="enter"),
]
