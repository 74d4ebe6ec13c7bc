package io.netsy.etcd.alarm;

import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.port.Evaluation;
import io.netsy.etcd.port.Operation;
import io.netsy.etcd.port.Proposal;
import io.netsy.etcd.state.Alarm;
import io.netsy.etcd.state.StoreState;
import io.netsy.replication.model.Entry;

/** What alarms forbid, and how one is raised and cleared (etcd semantics, section 15). */
public final class Alarms {
    private Alarms() {}

    /** Refuses every write while any member's store is known to be damaged. */
    public static void refuseIfCorrupt(StoreState state) {
        if (!state.alarms().isEmpty() && state.hasAlarm(Alarm.CORRUPT)) {
            throw EtcdError.CORRUPT.exception();
        }
    }

    /** Refuses what would make the store larger: after CORRUPT, which is the graver one, NOSPACE. */
    public static void refuseIfCorruptOrFull(StoreState state) {
        if (!state.alarms().isEmpty()) {
            refuseIfCorrupt(state);
            if (state.hasAlarm(Alarm.NOSPACE)) {
                throw EtcdError.NO_SPACE.exception();
            }
        }
    }

    /** Raises an alarm, once; true when it was not raised before. */
    public static Proposal<Boolean> raise(Alarm alarm) {
        return change(alarm, true);
    }

    /** Clears an alarm; false when it was not raised. */
    public static Proposal<Boolean> clear(Alarm alarm) {
        return change(alarm, false);
    }

    private static Proposal<Boolean> change(Alarm alarm, boolean active) {
        return Proposal.of(
                Operation.ALARM,
                (tip, revisions) -> tip.alarms().contains(alarm) == active
                        ? Evaluation.noEffect(false)
                        : Evaluation.effect(tip, new Entry.AlarmChange(alarm.type(), alarm.memberId(), active), true));
    }
}
