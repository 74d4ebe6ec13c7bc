package io.netsy.node.objectstore;

import io.netsy.node.objectstore.StoreRequest.Kind;
import java.time.Duration;
import java.util.Map;

/**
 * What a store asks for requests, in US dollars per 1,000 of each kind; storage and traffic are not in it.
 *
 * @param usdPerThousand a price for every kind
 */
public record RequestPrices(Map<Kind, Double> usdPerThousand) {

    /** The month that cloud providers reckon with: a twelfth of a year. */
    public static final Duration MONTH = Duration.ofHours(730);

    public RequestPrices {
        usdPerThousand = Map.copyOf(usdPerThousand);
        for (Kind kind : Kind.values()) {
            Double price = usdPerThousand.get(kind);
            if (price == null || !(price >= 0)) {
                throw new IllegalArgumentException("the price of " + kind + " requests is missing or negative");
            }
        }
    }

    /** S3 Standard in us-east-1: PUT and LIST $0.005, GET and HEAD $0.0004 per 1,000, DELETE free. */
    public static RequestPrices s3Standard() {
        return new RequestPrices(
                Map.of(Kind.PUT, 0.005, Kind.LIST, 0.005, Kind.GET, 0.0004, Kind.HEAD, 0.0004, Kind.DELETE, 0.0));
    }

    /** A store that charges nothing for requests, like a local disk. */
    public static RequestPrices free() {
        return new RequestPrices(
                Map.of(Kind.PUT, 0.0, Kind.LIST, 0.0, Kind.GET, 0.0, Kind.HEAD, 0.0, Kind.DELETE, 0.0));
    }

    /** The price of so many requests. */
    public double usd(Map<Kind, Long> requests) {
        double sum = 0;
        for (Map.Entry<Kind, Long> entry : requests.entrySet()) {
            sum += entry.getValue() * usdPerThousand.getOrDefault(entry.getKey(), 0.0) / 1_000;
        }
        return sum;
    }

    /**
     * The bill for requests of a month that goes on as the observed time did.
     *
     * @param requests those of the observed time
     * @param observed longer than nothing
     */
    public double estimatedMonthlyUsd(Map<Kind, Long> requests, Duration observed) {
        if (!observed.isPositive()) {
            throw new IllegalArgumentException("nothing can be estimated from " + observed);
        }
        return usd(requests) * MONTH.toNanos() / observed.toNanos();
    }
}
