"""True sentences of the board's plant as language models write them, with the keys they cite."""

TRUE: tuple[tuple[str, str], ...] = (
    (
        "The plant's OEE for 12–18 Nov was 82.5%, which is 2.5 points below the target of 85.0%.",
        "oee oee_gap oee_target",
    ),
    (
        "Overall OEE stood at 82.5%, down 0.9 points from 83.4% in the previous period.",
        "oee oee_change oee_before",
    ),
    (
        "OEE decreased by 0.9 points compared to the previous week.",
        "oee_change",
    ),
    (
        "OEE missed the 85.0% target by 2.5 points.",
        "oee_target oee_gap",
    ),
    (
        "OEE fell short of its 85.0 % target.",
        "oee oee_target",
    ),
    (
        "Filler 2 accounts for 363 min of the 699 min lost, making it the main contributor.",
        "lost_min:M002 lost_min",
    ),
    (
        "Filler 2 is the biggest contributor with 363 lost minutes, followed by "
        "Assembly 1 with 219 min and Packer 3 with 117 min.",
        "lost_min:M002 lost_min:M001 lost_min:M003",
    ),
    (
        "Total downtime was 1,270 minutes, with Filler 2 contributing 742 minutes.",
        "downtime_min downtime_min:M002",
    ),
    (
        "Downtime of 1,270 min was slightly higher than the 1,236 min of the previous period.",
        "downtime_min downtime_before",
    ),
    (
        "The main cause of downtime is 'Jam at infeed' on Filler 2, with 61 stops "
        "totalling 342 minutes (26.9% of all downtime).",
        "stop_reason:M002 stop_reason_count:M002 stop_reason_share:M002",
    ),
    (
        "Jam at infeed on Filler 2 caused 342 min of downtime over 61 stops.",
        "stop_reason:M002 stop_reason_count:M002",
    ),
    (
        "Availability met its target with 90.2% versus 90.0%.",
        "availability availability_target",
    ),
    (
        "Availability exceeded its target of 90.0 % slightly at 90.2 %.",
        "availability availability_target",
    ),
    (
        "Performance was 92.7%, below the 95.5% target.",
        "effectiveness effectiveness_target",
    ),
    (
        "Quality was 98.7 %, just below its 98.9 % target.",
        "quality_ratio quality_ratio_target",
    ),
    (
        "Good output dropped to 85,980 pieces from 86,930 pieces.",
        "good_units good_before",
    ),
    (
        "Scrap increased to 1,320 pieces, up from 1,188 pieces previously.",
        "scrap_units scrap_before",
    ),
    (
        "Filler 2 produced 1,000 scrap pieces, the most of any machine.",
        "scrap_units:M002",
    ),
    (
        "The scrap rate was 1.5% of all pieces.",
        "defect_rate",
    ),
    (
        "Filler 2 has a 64.0% probability of at least 30 minutes of downtime in the "
        "late shift on 19 Nov.",
        "risk_chance:M002",
    ),
    (
        "Filler 2 has a 64% risk of 30 min or more of downtime in the next shift.",
        "risk_chance:M002",
    ),
    (
        "The expected downtime for Filler 2 is 31 min (80 % interval: 8–74 min).",
        "risk_expected:M002 risk_low:M002 risk_high:M002",
    ),
    (
        "Confidence in this prediction is 61%.",
        "risk_confidence:M002",
    ),
    (
        "The downtime forecast for the next 7 days is 1,284 min, with an 80 % range "
        "between 899 and 1,798 min.",
        "forecast_total forecast_low forecast_high",
    ),
    (
        "Downtime is expected to rise to 1,284 min over 19–25 Nov, compared with "
        "1,270 min in 12–18 Nov.",
        "forecast_total forecast_before",
    ),
    (
        "The financial impact of lost minutes is estimated between 20,970 and 32,154 USD.",
        "lost_cost_low lost_cost_high",
    ),
    (
        "Lost time cost at least $20,970 and at most $32,154.",
        "lost_cost_low lost_cost_high",
    ),
    (
        "Each lost minute costs 30 to 46 USD.",
        "minute_cost_low minute_cost_high",
    ),
    (
        "Data completeness is high at 99.1%, with 36 min of planned time missing.",
        "completeness no_data_min",
    ),
    (
        "12.9% of downtime (164 min) has no assigned reason, well above the 5.0% target.",
        "unassigned_share unassigned_min unassigned_target",
    ),
    (
        "Without action, this trend is likely to continue on Filler 2.",
        "downtime_min:M002",
    ),
    (
        "Inspect and adjust the infeed of Filler 2 to reduce jams.",
        "stop_reason:M002",
    ),
    (
        "Train operators on Assembly 1 to avoid missing screws.",
        "stop_reason:M001",
    ),
    (
        "Resolving these jams could recover up to 342 min per week.",
        "stop_reason:M002",
    ),
    (
        "Ensure operators enter a reason for every stop.",
        "unassigned_share",
    ),
    (
        "Schedule preventive maintenance on Filler 2 before the late shift.",
        "risk_chance:M002",
    ),
    (
        "The longest single stop lasted 74 min on Filler 2.",
        "longest_stop:M002",
    ),
    (
        "Filler 2 has been down since 11:30 on Thu 19 Nov.",
        "down_now:M002",
    ),
    (
        "Filler 2 is currently down.",
        "down_now:M002",
    ),
    (
        "Two anomalies remain open, including one on Packer 3.",
        "open_anomalies anomaly:M003",
    ),
    (
        "The model's error is 23.1% lower than the seasonal naive baseline.",
        "forecast_skill",
    ),
    (
        "Reduced speed accounted for 168 min and changeovers for 176 min of losses.",
        "loss_speed loss_changeover",
    ),
    (
        "Failures and stops were the largest loss at 214 min.",
        "loss_stops",
    ),
    (
        "Assembly 1 had 4 changeovers taking 82 min in total.",
        "changeover_min:M001 changeover_count:M001",
    ),
    (
        "Monitor Filler 2 closely during the next shift.",
        "risk_chance:M002",
    ),
    (
        "It is unknown why 164 min of downtime occurred.",
        "unassigned_min",
    ),
    (
        "There is no reason recorded for 164 min of downtime.",
        "unassigned_min",
    ),
    (
        "OEE remained below target despite good availability of 90.2 %.",
        "oee oee_target availability",
    ),
    (
        "M002 lost 363 min.",
        "lost_min:M002",
    ),
    (
        "Filler 2 (M002) stood still for 742 min.",
        "downtime_min:M002",
    ),
    (
        "Filler 2's OEE loss was driven by 61 jams.",
        "stop_reason_count:M002",
    ),
)
