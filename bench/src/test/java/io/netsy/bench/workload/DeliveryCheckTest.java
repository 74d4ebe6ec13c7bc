package io.netsy.bench.workload;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DeliveryCheckTest {
    private final DeliveryCheck onePrefix = new DeliveryCheck(2, 1, 10);

    @Test
    void eachEventOnceAndInOrderIsGood() {
        onePrefix.deliver(0, 10);
        onePrefix.acknowledge(0, 10);
        onePrefix.acknowledge(0, 12);
        onePrefix.deliver(0, 12);
        assertThat(onePrefix.isComplete()).isFalse();
        onePrefix.deliver(1, 10);
        onePrefix.deliver(1, 12);

        assertThat(onePrefix.isComplete()).isTrue();
        assertThat(onePrefix.verdict(0).isEmpty()).isTrue();
    }

    @Test
    void aMissingEventIsFound() {
        onePrefix.acknowledge(0, 10);
        onePrefix.deliver(0, 10);

        assertThat(onePrefix.isComplete()).isFalse();
        assertThat(onePrefix.verdict(0)).hasToString("{EventMissing=1}");
    }

    @Test
    void aRepeatedEventIsFound() {
        onePrefix.acknowledge(0, 10);
        onePrefix.deliver(0, 10);
        onePrefix.deliver(0, 10);
        onePrefix.deliver(1, 10);

        assertThat(onePrefix.verdict(0)).hasToString("{EventDuplicated=1}");
    }

    @Test
    void anEventAfterANewerOneIsFound() {
        onePrefix.acknowledge(0, 10);
        onePrefix.acknowledge(0, 11);
        onePrefix.deliver(0, 11);
        onePrefix.deliver(0, 10);
        onePrefix.deliver(1, 10);
        onePrefix.deliver(1, 11);

        assertThat(onePrefix.verdict(0)).hasToString("{EventOutOfOrder=1}");
    }

    @Test
    void anEventThatNobodyWroteIsFoundUnlessAnAnswerWasLost() {
        onePrefix.deliver(0, 10);
        onePrefix.deliver(1, 10);

        assertThat(onePrefix.verdict(0)).hasToString("{EventUnexpected=2}");
        assertThat(onePrefix.verdict(1).isEmpty()).isTrue();
    }

    @Test
    void aWatcherExpectsTheWritesOfItsGroupAlone() {
        DeliveryCheck separateKeys = new DeliveryCheck(3, 2, 1);
        separateKeys.acknowledge(0, 1);
        separateKeys.acknowledge(1, 2);
        separateKeys.deliver(0, 1);
        separateKeys.deliver(1, 2);
        separateKeys.deliver(2, 1);

        assertThat(separateKeys.isComplete()).isTrue();
        assertThat(separateKeys.verdict(0).isEmpty()).isTrue();
    }
}
