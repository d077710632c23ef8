"""The routes of `/accounts/`."""

from django.urls import path

from tenants import views
from tenants.pages.profile import profile

urlpatterns = [
    path("login/", views.SignIn.as_view(), name="login"),
    path("logout/", views.sign_out, name="logout"),
    path("profile/", profile, name="profile"),
    path("plants/", views.plants, name="plants"),
    path("go/<str:tenant_id>/", views.go, name="go"),
    path("enter/", views.enter, name="enter"),
]
