package io.netsy.node.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.netsy.etcd.proto.rpc.PutRequest;
import io.netsy.node.metrics.Exposition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keeps {@code design/METRICS.md} true: what it lists is what a node prints, with type, labels and meaning. */
class MetricsDocumentTest {
    /** The mark of metrics that appear with the first occurrence of what they count. */
    private static final String LATER = " *";

    @TempDir
    Path folder;

    /** A row of the document's tables. */
    private record Row(String name, boolean later, String type, Set<String> labels, String meaning) {
        static Row of(String line) {
            String[] cells = line.substring(1).split("\\|", -1);
            String name = cells[0].strip();
            Set<String> labels = Stream.of(cells[2].strip().split(",", -1))
                    .map(label -> label.strip().replace("`", ""))
                    .filter(label -> !label.isEmpty())
                    .collect(Collectors.toCollection(TreeSet::new));
            return new Row(
                    name.replace(LATER, "").replace("`", ""),
                    name.endsWith(LATER),
                    cells[1].strip(),
                    labels,
                    cells[3].strip());
        }
    }

    private static List<Row> rows() throws IOException {
        Path document = Path.of("..", "design", "METRICS.md");
        return Files.readAllLines(document).stream()
                .filter(line -> line.startsWith("| `"))
                .map(Row::of)
                .toList();
    }

    private Exposition scrapeOfABusyNode() throws Exception {
        try (ScrapedNode node = ScrapedNode.start(folder, "n1", Map.of())) {
            node.put("k", "v");
            PutRequest onNoLease = PutRequest.newBuilder()
                    .setKey(ByteString.copyFromUtf8("k"))
                    .setLease(77)
                    .build();
            assertThatThrownBy(() -> node.kv.put(onNoLease)).hasMessageContaining("lease not found");
            node.text("/readyz");
            System.gc();
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> node.scrape().families().containsKey("jvm_gc_pause_seconds"));
            return node.scrape();
        }
    }

    @Test
    void theDocumentListsWhatANodePrints() throws Exception {
        List<Row> rows = rows();
        Exposition page = scrapeOfABusyNode();

        assertThat(rows).extracting(Row::name).doesNotHaveDuplicates();
        assertThat(rows.stream().filter(row -> !row.later()).map(Row::name))
                .as("documented, but not printed")
                .isSubsetOf(page.families().keySet());
        assertThat(page.families().keySet())
                .as("printed, but not documented")
                .isSubsetOf(rows.stream().map(Row::name).toList());
        assertThat(differences(rows, page)).isEmpty();
    }

    private static List<String> differences(List<Row> rows, Exposition page) {
        List<String> differences = new ArrayList<>();
        for (Row row : rows) {
            if (page.families().containsKey(row.name())) {
                Exposition.Family family = page.family(row.name());
                compare(differences, row.name() + " type", row.type(), family.type);
                compare(differences, row.name() + " labels", row.labels(), new TreeSet<>(family.labelNames()));
                compare(differences, row.name() + " meaning", row.meaning(), family.help);
            }
        }
        return differences;
    }

    private static void compare(List<String> differences, String what, Object documented, Object printed) {
        if (!documented.equals(printed)) {
            differences.add("%s: documented %s, printed %s".formatted(what, documented, printed));
        }
    }
}
