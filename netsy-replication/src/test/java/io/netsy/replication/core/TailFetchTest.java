package io.netsy.replication.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.netsy.replication.codec.Frame;
import io.netsy.replication.codec.FrameBuilder;
import io.netsy.replication.model.Entry;
import io.netsy.replication.model.LogPosition;
import java.util.List;
import org.junit.jupiter.api.Test;

class TailFetchTest {
    private static final LogPosition TIP = new LogPosition(5, 10, 77);
    private static final Frame FIRST = after(TIP, 5, 1);
    private static final Frame SECOND = after(FIRST.end(), 5, 2);
    private static final Frame THIRD = after(SECOND.end(), 5, 3);

    private static Frame after(LogPosition position, long term, long what) {
        FrameBuilder builder = new FrameBuilder(term, position, 3);
        builder.append(new Entry.Compaction(what), 3);
        return builder.seal(0);
    }

    @Test
    void framesOfWhomeverAreTakenAsFarAsTheyFollowAndNotBeyondWhatIsRequired() {
        TailFetch fetch = new TailFetch(TIP, SECOND.end());
        fetch.offer(List.of(SECOND));
        assertThat(fetch.end()).isEqualTo(TIP);
        fetch.offer(List.of(FIRST));
        fetch.offer(List.of(FIRST, SECOND, THIRD));

        assertThat(fetch.isComplete()).isTrue();
        assertThat(fetch.frames()).containsExactly(FIRST, SECOND);
    }

    @Test
    void anotherBranchOrAnotherTermIsNotTaken() {
        TailFetch fetch = new TailFetch(TIP, SECOND.end());
        fetch.offer(List.of(FIRST, after(after(TIP, 5, 9).end(), 5, 2), after(FIRST.end(), 6, 2)));

        assertThat(fetch.frames()).containsExactly(FIRST);
        assertThat(fetch.isComplete()).isFalse();
    }

    @Test
    void nothingIsLackingWhenTheBucketReachesItOrALaterTermBeganThere() {
        assertThat(new TailFetch(TIP, TIP).isComplete()).isTrue();
        assertThat(new TailFetch(TIP, new LogPosition(5, 9, 1)).isComplete()).isTrue();
        assertThat(new TailFetch(TIP, new LogPosition(4, 30, 1)).isComplete()).isTrue();
        assertThat(new TailFetch(TIP, LogPosition.START).isComplete()).isTrue();
        assertThat(new TailFetch(TIP, new LogPosition(5, 11, 1)).isComplete()).isFalse();
    }
}
