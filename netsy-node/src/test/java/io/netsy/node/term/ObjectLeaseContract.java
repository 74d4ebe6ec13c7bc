package io.netsy.node.term;

import io.netsy.elector.assignment.Candidacy;
import io.netsy.elector.assignment.ElectorIdentity;
import io.netsy.elector.assignment.lease.LeaseCandidacy;
import io.netsy.elector.assignment.testkit.CandidacyContract;
import io.netsy.elector.assignment.testkit.TestEnvironment;
import io.netsy.node.objectstore.ObjectStore;
import io.netsy.node.objectstore.testkit.Fault;
import io.netsy.node.objectstore.testkit.FaultPlan;
import io.netsy.node.objectstore.testkit.FaultyStore;
import io.netsy.node.objectstore.testkit.TestEnvironments;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;

/** The contract of assignments, on the lock object in some store. */
abstract class ObjectLeaseContract extends CandidacyContract {
    private final Map<String, FaultyStore> stores = new HashMap<>();
    private final List<ObjectStore> opened = new ArrayList<>();

    /** Another connection to the store of this test. */
    abstract ObjectStore openStore();

    @Override
    protected final Candidacy make(String node) {
        ObjectStore store = openStore();
        opened.add(store);
        FaultyStore faulty = new FaultyStore(store, FaultPlan.none(), TestEnvironments.withoutPauses());
        stores.put(node, faulty);
        return new LeaseCandidacy(
                new ObjectLeaseStorage(faulty, UUID::randomUUID),
                new ElectorIdentity(node, UUID.randomUUID()),
                TIMINGS,
                TestEnvironment.real());
    }

    @Override
    protected final void cut(String node) {
        storeOf(node).follow(FaultPlan.always(new Fault.TimeoutBeforeEffect()));
    }

    @Override
    protected final void mend(String node) {
        storeOf(node).follow(FaultPlan.none());
    }

    private FaultyStore storeOf(String node) {
        return Objects.requireNonNull(stores.get(node));
    }

    @AfterEach
    final void closeStores() {
        opened.forEach(ObjectStore::close);
    }
}
