package io.netsy.elector.assignment.lease;

import io.netsy.elector.assignment.Candidacy;
import io.netsy.elector.assignment.ElectorIdentity;
import io.netsy.elector.assignment.testkit.CandidacyContract;
import io.netsy.elector.assignment.testkit.MemoryLeaseStorage;
import io.netsy.elector.assignment.testkit.MemoryLeaseStorage.Fault;
import io.netsy.elector.assignment.testkit.TestEnvironment;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

/** The contract, on a record in memory. */
class MemoryLeaseContractTest extends CandidacyContract {
    private final MemoryLeaseStorage.Shared shared = new MemoryLeaseStorage.Shared();
    private final Map<String, MemoryLeaseStorage> storages = new HashMap<>();

    @Override
    protected Candidacy make(String node) {
        MemoryLeaseStorage storage = new MemoryLeaseStorage(shared);
        storages.put(node, storage);
        return new LeaseCandidacy(
                storage, new ElectorIdentity(node, UUID.randomUUID()), TIMINGS, TestEnvironment.real());
    }

    @Override
    protected void cut(String node) {
        Objects.requireNonNull(storages.get(node)).fail(Fault.CUT);
    }

    @Override
    protected void mend(String node) {
        Objects.requireNonNull(storages.get(node)).fail(Fault.NONE);
    }
}
