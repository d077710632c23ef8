"""The routes of `/accounts/`."""

from django.urls import path

from tenants import views

urlpatterns = [
    path("login/", views.SignIn.as_view(), name="login"),
    path("logout/", views.sign_out, name="logout"),
    path("plants/", views.plants, name="plants"),
    path("go/<str:tenant_id>/", views.go, name="go"),
    path("enter/", views.enter, name="enter"),
]
