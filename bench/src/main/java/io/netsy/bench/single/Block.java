package io.netsy.bench.single;

import io.netsy.bench.lab.Measure;
import io.netsy.bench.lab.Subject;
import io.netsy.bench.load.Shape;
import io.netsy.bench.load.Workload;
import io.netsy.bench.workload.CreateWorkload;
import io.netsy.bench.workload.GetWorkload;
import io.netsy.bench.workload.ListWorkload;
import io.netsy.bench.workload.PutWorkload;
import java.util.List;

/**
 * One of the loads that are compared.
 *
 * @param measure its figure
 * @param clients how many
 * @param connections that they share
 * @param onDelayed whether it is run on the delayed object store too: reads are not, since they do not go there
 * @param workload made anew for each run of the block
 */
record Block(Measure measure, int clients, int connections, boolean onDelayed, Maker workload) {
    private static final int READ_KEYS = 100_000;
    private static final int PUT_KEYS = 10_000;
    private static final int LIST_LIMIT = 500;
    private static final int VALUE_BYTES = 1024;
    private static final int KEY_BYTES = 32;

    /** Makes the workload of a run. */
    @FunctionalInterface
    interface Maker {
        Workload make(String runId);
    }

    static final Shape SHAPE = new Shape("/b", KEY_BYTES, PUT_KEYS, VALUE_BYTES);
    static final Shape READ_SHAPE = SHAPE.withKeys(READ_KEYS);
    private static final Shape LIST_SHAPE = SHAPE.withKeys(LIST_LIMIT);

    /** All of them, in the order in which a round runs them. */
    static final List<Block> ALL = List.of(
            new Block(Measure.CREATE_1000, 1000, 100, true, runId -> new CreateWorkload(SHAPE, runId)),
            new Block(Measure.PUT_1000, 1000, 100, true, _ -> new PutWorkload(SHAPE, 1000)),
            new Block(Measure.PUT_100, 100, 10, true, _ -> new PutWorkload(SHAPE, 100)),
            new Block(Measure.PUT_1, 1, 1, true, _ -> new PutWorkload(SHAPE, 1)),
            new Block(Measure.GET_LINEARIZABLE, 1000, 100, false, _ -> new GetWorkload(READ_SHAPE, false)),
            new Block(Measure.GET_SERIALIZABLE, 1000, 100, false, _ -> new GetWorkload(READ_SHAPE, true)),
            new Block(Measure.LIST_PAGE, 10, 10, false, _ -> new ListWorkload(READ_SHAPE, LIST_LIMIT, false)),
            new Block(Measure.LIST_WHOLE, 10, 10, false, _ -> new ListWorkload(LIST_SHAPE, LIST_LIMIT, false)));

    boolean runsOn(Subject subject) {
        return onDelayed || subject != Subject.NETSY_S3_DELAYED;
    }
}
