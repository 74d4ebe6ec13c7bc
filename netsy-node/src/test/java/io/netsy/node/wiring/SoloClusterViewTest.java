package io.netsy.node.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class SoloClusterViewTest {
    private static final UUID CLUSTER = new UUID(1, 2);
    private static final List<String> URLS = List.of("http://127.0.0.1:2379");

    @Test
    void theMemberHasAPeerUrlForToolsThatTakeTheFirst() {
        SoloClusterView view = new SoloClusterView(CLUSTER, "n1", URLS, () -> true);
        assertThat(view.members()).singleElement().satisfies(member -> {
            assertThat(member.peerUrls()).isEqualTo(URLS);
            assertThat(member.clientUrls()).isEqualTo(URLS);
            assertThat(member.id()).isEqualTo(view.memberId());
        });
    }

    @Test
    void idsDependOnClusterAndNameAlone() {
        SoloClusterView view = new SoloClusterView(CLUSTER, "n1", URLS, () -> true);
        SoloClusterView elsewhere = new SoloClusterView(CLUSTER, "n1", List.of("http://10.0.0.1:2379"), () -> false);
        SoloClusterView other = new SoloClusterView(CLUSTER, "n2", URLS, () -> true);
        assertThat(elsewhere.memberId()).isEqualTo(view.memberId()).isNotEqualTo(other.memberId());
        assertThat(other.clusterId()).isEqualTo(view.clusterId()).isNotZero();
    }
}
