package io.netsy.etcd.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netsy.replication.model.AuthRole;
import io.netsy.replication.model.AuthUser;
import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.Change;
import io.netsy.replication.model.Entry;
import io.netsy.replication.model.Entry.AuthChange.Changed;
import io.netsy.replication.model.KeyRange;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StateMachineTest {
    private static final Bytes A = Bytes.utf8("a");
    private static final Bytes B = Bytes.utf8("b");

    private StoreState state = StoreState.EMPTY;
    private List<KeyEvent> events = List.of();

    private void apply(Entry entry) {
        Transition transition = StateMachine.apply(state, entry);
        state = transition.after();
        events = transition.events();
    }

    private void change(Change... changes) {
        apply(new Entry.Transaction(state.revision() + 1, List.of(changes)));
    }

    private Change.Put put(Bytes key, long leaseId) {
        KeyRecord old = state.live(key);
        return new Change.Put(
                key,
                Bytes.utf8("value"),
                old == null ? state.revision() + 1 : old.createRevision(),
                old == null ? 1 : old.version() + 1,
                leaseId);
    }

    private List<Bytes> attached(long leaseId) {
        List<Bytes> keys = new ArrayList<>();
        state.visitAttached(leaseId, keys::add);
        return keys;
    }

    @Test
    void eventsCarryTheKeyBeforeTheWholeRevision() {
        change(put(A, 0));
        KeyRecord before = state.live(A);
        change(put(A, 0), new Change.Delete(A), put(B, 0), new Change.Delete(B));

        assertThat(events).extracting(KeyEvent::previous).containsExactly(before, before, null, null);
        assertThat(events).extracting(event -> event.record().isLive()).containsExactly(true, false, true, false);
        assertThat(events.get(1).value().isEmpty()).isTrue();
        assertThat(state.countLive(KeyRange.ALL)).isZero();
    }

    @Test
    void aDeletedKeyIsThePreviousOneOfItsSuccessor() {
        change(put(A, 0));
        change(new Change.Delete(A));
        change(put(A, 0));

        KeyRecord previous = events.getFirst().previous();
        assertThat(previous).isNotNull();
        assertThat(previous.isLive()).isFalse();
    }

    @Test
    void keysFollowTheirLease() {
        apply(new Entry.LeaseGrant(1, 10));
        apply(new Entry.LeaseGrant(-1, 10));
        change(put(A, 1), put(B, -1));
        assertThat(attached(1)).containsExactly(A);
        assertThat(attached(-1)).containsExactly(B);

        change(put(A, -1));
        assertThat(attached(1)).isEmpty();
        assertThat(attached(-1)).containsExactly(A, B);

        change(put(A, 0), new Change.Delete(B));
        assertThat(attached(-1)).isEmpty();
        assertThat(attached(0)).isEmpty();
    }

    @Test
    void aRevokeTakesLeaseAndKeys() {
        apply(new Entry.LeaseGrant(1, 10));
        change(put(A, 1), put(B, 1));
        long before = state.revision();

        apply(new Entry.LeaseRevoke(1, before + 1, List.of(new Change.Delete(A), new Change.Delete(B))));

        assertThat(state.revision()).isEqualTo(before + 1);
        assertThat(state.leases().size()).isZero();
        assertThat(attached(1)).isEmpty();
        assertThat(events).hasSize(2);
    }

    @Test
    void aRevokeWithoutKeysKeepsTheRevision() {
        apply(new Entry.LeaseGrant(1, 10));
        apply(new Entry.LeaseRevoke(1, state.revision(), List.of()));

        assertThat(state.revision()).isEqualTo(1);
        assertThat(state.leases().size()).isZero();
    }

    @Test
    void checkpointsChangeLeasesThatExist() {
        apply(new Entry.LeaseGrant(1, 10));
        apply(new Entry.LeaseCheckpoint(
                List.of(new Entry.LeaseCheckpoint.Remaining(1, 5), new Entry.LeaseCheckpoint.Remaining(2, 5))));

        assertThat(state.leases().get(1L)).isEqualTo(new LeaseRecord(1, 10, 5));
        assertThat(state.leases().get(2L)).isNull();
    }

    @Test
    void refusesARevisionThatDoesNotFollow() {
        change(put(A, 0));

        assertThatThrownBy(() -> apply(new Entry.Transaction(2, List.of(new Change.Delete(A)))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("revision 2 after revision 2");
    }

    @Test
    void alarmsStandUntilTheyAreCleared() {
        apply(new Entry.AlarmChange(Alarm.NOSPACE, 7, true));
        apply(new Entry.AlarmChange(Alarm.NOSPACE, 8, true));
        apply(new Entry.AlarmChange(Alarm.NOSPACE, 7, false));

        assertThat(state.alarms()).containsExactly(new Alarm(Alarm.NOSPACE, 8));
        assertThat(state.hasAlarm(Alarm.NOSPACE)).isTrue();
        assertThat(state.hasAlarm(Alarm.CORRUPT)).isFalse();
    }

    @Test
    void anAuthChangeReplacesRemovesAndKeepsTheRevision() {
        AuthUser alice = new AuthUser(Bytes.utf8("alice"), Bytes.utf8("1"), false, List.of());
        AuthUser bob = new AuthUser(Bytes.utf8("bob"), Bytes.EMPTY, true, List.of());
        AuthRole role = new AuthRole(Bytes.utf8("role"), List.of());
        apply(new Entry.AuthChange(2, false, Changed.put(List.of(bob, alice)), Changed.put(List.of(role))));
        assertThat(state.auth()).isEqualTo(AuthState.of(false, 2, List.of(alice, bob), List.of(role)));

        AuthUser changed = new AuthUser(alice.name(), Bytes.utf8("2"), false, List.of(role.name()));
        apply(new Entry.AuthChange(
                3,
                true,
                new Changed<>(List.of(changed), List.of(bob.name())),
                new Changed<>(List.of(), List.of(role.name()))));

        assertThat(state.auth()).isEqualTo(AuthState.of(true, 3, List.of(changed), List.of()));
        assertThat(state.auth().users().keySet()).containsExactly(alice.name());
        assertThat(state.revision()).isEqualTo(1);
        assertThat(events).isEmpty();
    }
}
