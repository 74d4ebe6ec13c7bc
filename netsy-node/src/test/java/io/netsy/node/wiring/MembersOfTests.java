package io.netsy.node.wiring;

import io.netsy.etcd.state.MemberState;
import io.netsy.node.config.ClusterConfig;
import io.netsy.node.config.ConfigException;
import io.netsy.node.config.ConfigInputs;
import io.netsy.node.config.ConfigLoader;
import io.netsy.replication.model.Member;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Members and configurations of nodes in tests: node {@code x} is reached at {@code x:2380}. */
final class MembersOfTests {
    private MembersOfTests() {}

    static Member member(long id, String name) {
        return new Member(id, name, List.of("http://%s:2380".formatted(name)), List.of(), false);
    }

    static MemberState members(Member... members) {
        return MemberState.of(Arrays.asList(members), Set.of());
    }

    /** What a node of this name is configured with that knows nobody else. */
    static ClusterConfig alone(String name) throws ConfigException {
        return Objects.requireNonNull(ConfigLoader.load(new ConfigInputs(
                        null,
                        Map.of(),
                        Map.of("name", name, "store", "file:/unused", "listen.peer", name + ":2380"),
                        false))
                .config()
                .cluster());
    }
}
