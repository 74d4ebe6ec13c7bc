package io.netsy.bench.workload;

import io.netsy.bench.load.Slot;
import java.util.SplittableRandom;

/** The keys that one client owns: every n-th of n clients' keys. It picks among them at random. */
final class OwnKeys {
    private final SplittableRandom random;
    private final int first;
    private final int step;
    private final int count;

    OwnKeys(Slot slot, int keys) {
        this(slot.index(), slot.clients(), keys);
    }

    /**
     * The keys of one client.
     *
     * @param keys at least as many as there are clients
     */
    OwnKeys(int client, int clients, int keys) {
        random = new SplittableRandom(client + 1L);
        first = client;
        step = clients;
        count = (keys - 1 - first) / step + 1;
    }

    int pick() {
        return first + step * random.nextInt(count);
    }
}
