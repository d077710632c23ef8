"""The numbered facts of a window: all that may be said of it rests on them.

Keys in the order of their ids. A key with `·` comes a machine (`machine_id` is set), most lost
minutes first, at most three machines; all others are the plant's. "set" means that the fact is
there only where the plant set a target or a cost, "> 0" that it is left out at nothing. `text`
is named where a fact carries one. A fact without a value says why in `basis`. Ratios are in
per cent. Facts of what comes, and of one moment, have a window of their own.

    oee oee_target oee_gap       %, %, points. The gap (value − target) and the change (value −
    oee_before oee_change        before) are of the figures as they are printed. "Before" is the
                                 window of the same length just before
    oee ·                        %
    availability effectiveness quality_ratio, each with …_target (set) and …_before        %
    good_units good_before       pieces
    scrap_units scrap_before     pieces
    defect_rate                  % of the pieces that were made
    scrap_units · (> 0)          pieces; most scrap first, at most two
    downtime_min downtime_before min without production while work was due
    downtime_min ·               min
    lost_min lost_min ·          min: planned busy time − what the good pieces need at ideal speed
    loss_stops loss_minor_stops loss_untold loss_changeover loss_idle loss_speed loss_defects
                                 min (> 0); they add up to lost_min. loss_untold is submitted
                                 downtime of which nobody knows the kind. loss_speed below 0: faster
                                 than the ideal speed that is set
    stop_reason ·                min; text: the reason ("Jam"). A row a machine and reason, worst
    stop_reason_count ·          first, at most three; stops of the same reason (unit "stops")
    stop_reason_share ·          % of the plant's downtime; of the first row alone
    changeover_min changeover_count ·  min, stops: the machine that changed over longest
    unassigned_min unassigned_share unassigned_target   min, % of the downtime, % (set)
    unassigned_min ·             min; the machine with most
    longest_stop ·               min; text: the reason or empty; window: when it began
    down_now ·                   min until the moment of the facts; text: the reason or empty;
                                 window: that moment, and since when
    risk_chance ·                % chance of 30 min or more in the next shift; text: the level
                                 (critical, high, medium, low); window: the shift and its day
    risk_expected ·              min
    risk_low risk_high ·         min, ends of the 80 % interval; of the first machine alone
    risk_confidence ·            %; of the first machine alone
    risk_factor ·                min that a factor adds to the expected ones; text: the factor; of
                                 the first machine, at most two
    risk_skill                   % by which the error lies below that of a naive rule (text: its
                                 name); below 0 the rule is better. basis: what serves
    forecast_total forecast_low forecast_high forecast_before
                                 min of downtime in the next 7 days: median, 80 % range; and in the
                                 7 days before
    forecast_day                 min (median) of one plant day, seven of them; window: the day;
                                 text: the name of its closure ("closed") or empty
    forecast_skill               % by which the error lies below seasonal naive's
    forecast_defect_rate         % over the next 7 days, median
    open_anomalies               count of the window
    anomaly ·                    score in %; text: its sentence; window: when it began; two at most
    completeness                 % of planned time that was heard
    no_data_min (> 0)            min of planned time of which nothing is known
    gaps gap_min (> 0)           gaps of a minute and more in machines' data; min of all machines
    counter_resets (> 0)         counters that were set back
    stale_machines (> 0)         connected machines that were not heard; text: their names;
                                 window: the moment of the facts
    missing                      never a value; text: a sentence that says what cannot be predicted
                                 yet, and what there is and is needed; a row a sentence
    minute_cost_low minute_cost_high    of a lost minute (set); unit: the currency; from the lowest
                                 price of a machine to the highest
    scrap_cost_low scrap_cost_high      of a scrap piece (set)
    lost_cost_low lost_cost_high        the lost minutes in money (set); also · of the first machine
    scrap_loss_low scrap_loss_high      the scrap pieces in money (set)
"""

from ai_insights.selectors.facts.build import build_facts

__all__ = ["build_facts"]
