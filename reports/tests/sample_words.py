"""Facts of the invented day and the sentences that rest on them."""

from __future__ import annotations

from datetime import date, timedelta

from ai_insights.grounding.analysis import Advice, Analysis, Claim, PlanItem
from ai_insights.grounding.fact import Fact

WINDOW = "Wed 18 Nov"


def facts() -> tuple[Fact, ...]:
    path = "/api/kpis?from=2026-11-18&to=2026-11-19"
    return (
        Fact(id="K1", key="oee", label="OEE", value=82.481203, unit="%", window=WINDOW,
             basis="3,291 / 3,990 min", url=path),
        Fact(id="K2", key="oee_target", label="Target of OEE", value=85.0, unit="%", window=WINDOW),
        Fact(id="K3", key="lost_min", label="Lost minutes, Filler 2", value=363.0, unit="min",
             window=WINDOW, machine_id="M002", machine_name="Filler 2", url=path),
        Fact(id="K4", key="stop_reason", label="Jam at infeed, Filler 2", value=61.0, unit="min",
             window=WINDOW, machine_id="M002", machine_name="Filler 2", text="Jam at infeed"),
        Fact(id="K5", key="mtbf", label="MTBF, Packer 3", value=None, unit="min", window=WINDOW,
             machine_id="M003", machine_name="Packer 3", basis="no failure in this window"),
    )  # fmt: skip


def analysis(day: date) -> Analysis:
    jam = Claim("Jam at infeed stopped Filler 2 for 61\u00a0min.", ("K4",))
    return Analysis(
        sections={
            "executive_summary": (
                Claim("OEE was 82.5\u00a0%, 2.5 points under the target of 85.0\u00a0%.",
                      ("K1", "K2")),
                Claim("Filler 2 lost 363\u00a0min.", ("K3",)),
            ),
            "root_cause_analysis": (jam,),
            "risk_assessment": (Claim("Filler 2 is at high risk in the Late shift.", ("K3",)),),
            "what_we_do_not_know": (
                Claim("MTBF of Packer 3 is unknown: no failure in this window.", ("K5",)),
            ),
        },
        recommendations=(
            Advice(priority="high", machine_id="M002", owner="Maintenance",
                   action=Claim("Realign the infeed guide rail on Filler 2.", ("K4",)),
                   because=jam, due=day + timedelta(days=1),
                   effect=Claim("Up to 61\u00a0min a day.", ("K4",))),
        ),
        plan=(
            PlanItem(date=day + timedelta(days=1), machine_id="M002", machine_name="Filler 2",
                     action=Claim("Inspect the infeed of Filler 2.", ("K4",)), priority="high",
                     because=jam),
            PlanItem(date=day + timedelta(days=3), machine_id="M001", machine_name="Assembly 1",
                     action=Claim("Grease the feed screw of Assembly 1.", ("K3",)),
                     priority="medium", because=jam),
        ),
        quality=(Claim("Quality holds; scrap of Filler 2 rose.", ("K3",)),),
    )  # fmt: skip
