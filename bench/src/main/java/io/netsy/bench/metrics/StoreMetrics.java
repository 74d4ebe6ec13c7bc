package io.netsy.bench.metrics;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A counter of a server's Prometheus page, read by one of its labels. */
public final class StoreMetrics {
    /** The counter of Netsy's requests to its object store. */
    public static final String DEFAULT_METRIC = "netsy_object_store_requests_total";
    /** Its label that tells puts from gets. */
    public static final String DEFAULT_LABEL = "kind";

    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final URI page;
    private final Pattern line;
    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(LIMIT).build();

    /**
     * @param page the address of the Prometheus page
     * @param metric the counter
     * @param label whose values are the kinds of request
     */
    public StoreMetrics(URI page, String metric, String label) {
        this.page = page;
        this.line = Pattern.compile("^" + Pattern.quote(metric) + "\\{(?:[^}]*,)?" + Pattern.quote(label)
                + "=\"([^\"]*)\"[^}]*\\}\\s+([0-9.eE+]+)");
    }

    /**
     * Reads the counter now.
     *
     * @throws IOException when the page can't be read
     */
    public StoreRequests read() throws IOException, InterruptedException {
        HttpResponse<String> response =
                client.send(HttpRequest.newBuilder(page).timeout(LIMIT).build(), HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new IOException("GET %s was answered with %d".formatted(page, response.statusCode()));
        }
        return parse(response.body());
    }

    /** The counter's values on a page, those of equal kind added up. */
    StoreRequests parse(String text) {
        SortedMap<String, Long> counts = new TreeMap<>();
        text.lines().forEach(row -> {
            Matcher matcher = line.matcher(row);
            if (matcher.find()) {
                counts.merge(matcher.group(1), Math.round(Double.parseDouble(matcher.group(2))), Long::sum);
            }
        });
        return new StoreRequests(counts);
    }
}
