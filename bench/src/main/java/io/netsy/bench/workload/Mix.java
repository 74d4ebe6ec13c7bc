package io.netsy.bench.workload;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;

/** How often each kind of request is made among the others. */
public final class Mix {
    /**
     * Sixty of a hundred requests renew a Lease object, for that is what nearly all writes of an idle control plane are.
     */
    public static final String DEFAULT = "update=60,create=10,delete=5,get=20,list=5";

    /** The kinds of request. */
    enum Kind {
        UPDATE,
        CREATE,
        DELETE,
        GET,
        LIST
    }

    private final Map<Kind, Integer> weights;
    private final int sum;

    private Mix(Map<Kind, Integer> weights) {
        this.weights = weights;
        this.sum = weights.values().stream().mapToInt(Integer::intValue).sum();
        if (sum == 0) {
            throw new IllegalArgumentException("a mix in which nothing has a weight");
        }
    }

    /**
     * Reads {@code update=60,create=10,...}; kinds that are left out have no weight.
     *
     * @throws IllegalArgumentException when the text is something else
     */
    public static Mix parse(String text) {
        Map<Kind, Integer> weights = new LinkedHashMap<>();
        for (String part : text.split(",", -1)) {
            int equals = part.indexOf('=');
            if (equals < 0 || !part.substring(equals + 1).matches("\\d{1,6}")) {
                throw new IllegalArgumentException("part '%s' of the mix is not KIND=WEIGHT".formatted(part));
            }
            weights.put(kindOf(part.substring(0, equals)), Integer.parseInt(part.substring(equals + 1)));
        }
        return new Mix(weights);
    }

    private static Kind kindOf(String text) {
        for (Kind kind : Kind.values()) {
            if (kind.name().toLowerCase(Locale.ROOT).equals(text.strip())) {
                return kind;
            }
        }
        throw new IllegalArgumentException(
                "'%s' is no kind of request; there are update, create, delete, get and list".formatted(text));
    }

    Kind pick(SplittableRandom random) {
        int point = random.nextInt(sum);
        for (Map.Entry<Kind, Integer> part : weights.entrySet()) {
            point -= part.getValue();
            if (point < 0) {
                return part.getKey();
            }
        }
        throw new IllegalStateException("weights do not add up to " + sum);
    }
}
