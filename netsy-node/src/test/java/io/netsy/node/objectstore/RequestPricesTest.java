package io.netsy.node.objectstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.netsy.node.objectstore.StoreRequest.Kind;
import io.netsy.node.objectstore.StoreRequest.Outcome;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The bill, on figures that anybody can check by hand. */
final class RequestPricesTest {

    @Test
    void onePutASecondIsThirteenDollarsAMonth() {
        Map<Kind, Long> requests = Map.of(Kind.PUT, 60L);

        assertThat(RequestPrices.s3Standard().estimatedMonthlyUsd(requests, Duration.ofMinutes(1)))
                .isCloseTo(13.14, within(0.001));
    }

    @Test
    void kindsHaveTheirOwnPrices() {
        RequestTally tally = new RequestTally();
        for (int i = 0; i < 1_000; i++) {
            for (Kind kind : Kind.values()) {
                tally.requestEnded(new StoreRequest(kind, Outcome.DONE, 0, 0, Duration.ZERO));
            }
        }

        assertThat(RequestPrices.s3Standard().usd(tally.counts())).isCloseTo(0.0108, within(1e-9));
        assertThat(RequestPrices.free().usd(tally.counts())).isZero();
    }

    @Test
    void nothingIsEstimatedFromNoTime() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RequestPrices.s3Standard().estimatedMonthlyUsd(Map.of(), Duration.ZERO));
    }

    @Test
    void aMissingPriceIsAnError() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RequestPrices(Map.of(Kind.PUT, 1.0)))
                .withMessageContaining("price of");
    }
}
